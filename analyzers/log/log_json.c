/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the section "log" of the verdict. */
#include "log/log_json.h"

#include "kernel/printk/printk.h"

json_t *log_json_event(const struct log_line *line, const char *kind)
{
	json_t *json = json_object();

	if (line->has_time)
		json_put(json, "time_s", json_real((double)line->time_us / 1e6));
	json_put(json, "kind", json_string(kind));
	json_put(json, "text", json_escaped_bytes(line->text, MIN(line->length, 512)));
	if (line->caller & 1u << 31)
		json_put(json, "cpu", json_integer(line->caller & ~(1u << 31)));
	return json;
}

json_t *log_json_segfault(const struct log_line *line, const struct segfault *fault)
{
	json_t *json = json_object();
	uint64_t offset;

	if (line->has_time)
		json_put(json, "time_s", json_real((double)line->time_us / 1e6));
	json_put(json, "comm", json_escaped(fault->comm));
	json_put(json, "pid", json_integer((json_int_t)fault->pid));
	json_put(json, "trap", json_escaped(fault->trap));
	json_put(json, "address", fault->has_address ? json_address(fault->address) : json_null());
	json_put(json, "ip", json_address(fault->ip));
	json_put(json, "sp", json_address(fault->sp));
	json_put(json, "error", json_integer((json_int_t)fault->error));
	if (fault->object[0]) {
		json_put(json, "object", json_escaped(fault->object));
		json_put(json, "base", json_address(fault->base));
		json_put(json, "size", json_integer((json_int_t)fault->size));
		json_put(json, "offset",
			 segfault_offset(fault, &offset) ? json_integer((json_int_t)offset)
							 : json_null());
	}
	json_put(json, "access",
		 segfault_access(fault) ? json_string(segfault_access(fault)) : NULL);
	json_put(json, "class", segfault_class(fault) ? json_string(segfault_class(fault)) : NULL);
	json_put(json, "cpu", fault->cpu >= 0 ? json_integer(fault->cpu) : NULL);
	return json;
}
