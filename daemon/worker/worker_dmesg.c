/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands out the kernel log as it was found, line by line. */
#include "daemon/worker/worker_dmesg.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "kernel/printk/log.h"

#define PART_BYTES (256u << 10) /* of text in one answer */

bool worker_dmesg_is_asked(const char *request)
{
	_json_ json_t *json = json_loads(request, 0, NULL);

	return json_is_true(json_object_get(json, "dmesg"));
}

/* As dmesg(1) prints it; a line of a text log without uptime has its calendar time. */
static json_t *line_json(const struct log *log, size_t number)
{
	const struct log_line *line = &log->lines[number];
	uint64_t time_us = line->time_us;
	_str_ struct str text = {0};

	if (line->has_time)
		str_printf(&text, "[%5" PRIu64 ".%06" PRIu64 "] ", time_us / 1000000,
			   time_us % 1000000);
	else if (log_wall(log, number))
		str_printf(&text, "%s ", log_wall(log, number));
	str_puts(&text, line->text);
	return json_escaped(text.data ? text.data : "");
}

/* The lines from at on that make one part; returns the next one. */
static size_t put_part(const struct log *log, size_t at, size_t *bytes,
		       void (*answer)(json_t *answer))
{
	json_t *lines = json_array();
	size_t size = 0;

	for (; at < log->count && size < PART_BYTES && *bytes < WORKER_DMESG_BYTES; at++) {
		size_t length = strlen(log->lines[at].text) + 1;

		size += length;
		*bytes += length;
		json_array_append_new(lines, line_json(log, at));
	}
	answer(json_pack("{s:o}", "lines", lines));
	return at;
}

struct err *worker_dmesg(struct kernel *kernel, void (*answer)(json_t *answer))
{
	const struct log *log = kernel->log;
	json_t *summary = json_object();
	size_t at = 0, bytes = 0;

	if (!log) {
		json_decref(summary);
		return err_new(ERR_NOT_FOUND, "there is no kernel log in it that can be read");
	}
	while (at < log->count && bytes < WORKER_DMESG_BYTES)
		at = put_part(log, at, &bytes, answer);
	json_put(summary, "count", json_integer((json_int_t)at));
	json_put(summary, "left_out", json_integer((json_int_t)(log->count - at)));
	json_put(summary, "source", json_escaped(log->source));
	json_put(summary, "why", json_escaped(log->err ? log->err->message : NULL));
	answer(json_pack("{s:o}", "summary", summary));
	return NULL;
}
