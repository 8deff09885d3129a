/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/render/sections.h"

#include <string.h>

#include "daemon/render/render_locks.h"
#include "daemon/render/render_memory.h"

static const json_t *get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static void put(struct str *out, const char *text)
{
	if (text)
		str_escape(out, text, strlen(text));
}

static void put_text(struct str *out, const json_t *object, const char *key)
{
	put(out, json_string_value(get(object, key)));
}

/* A value of any kind, as short as it goes. */
static void put_value(struct str *out, const json_t *value)
{
	if (json_is_integer(value))
		str_printf(out, "%lld", json_integer_value(value));
	else if (json_is_real(value))
		str_printf(out, "%.2f", json_real_value(value));
	else
		put(out, json_string_value(value));
}

/* " name value" for a key that is known. */
static void put_known(struct str *out, const json_t *object, const char *key, const char *name)
{
	const json_t *value = get(object, key);

	if (!value || json_is_null(value))
		return;
	str_printf(out, " %s%s", name, *name ? " " : "");
	put_value(out, value);
}

/* "java/30413" */
static void put_task(struct str *out, const json_t *task)
{
	put_text(out, task, "comm");
	if (json_is_integer(get(task, "pid")))
		str_printf(out, "/%lld", json_integer_value(get(task, "pid")));
}

static void put_symbol(struct str *out, const json_t *place)
{
	const json_t *offset = get(place, "offset");

	if (!json_string_value(get(place, "symbol"))) {
		put_text(out, place, "address");
		return;
	}
	put_text(out, place, "symbol");
	if (json_is_integer(offset))
		str_printf(out, "+0x%llx", json_integer_value(offset));
	if (json_string_value(get(place, "module"))) {
		str_puts(out, " [");
		put_text(out, place, "module");
		str_puts(out, "]");
	}
}

static void put_stack(struct str *out, const json_t *frames)
{
	const json_t *frame;
	size_t i;

	json_array_foreach(frames, i, frame)
	{
		const char *kind = json_string_value(get(frame, "kind"));

		str_printf(out, "  #%-2zu ", i);
		put_symbol(out, frame);
		if (kind && strcmp(kind, "call")) {
			str_puts(out, "  <");
			put(out, kind);
			str_puts(out, ">");
		}
		if (json_string_value(get(frame, "file"))) {
			str_puts(out, "  ");
			put_text(out, frame, "file");
			put_known(out, frame, "line", "line");
		}
		str_puts(out, "\n");
	}
}

static void put_tasks(struct str *out, const json_t *tasks)
{
	const json_t *task;
	size_t i;

	json_array_foreach(tasks, i, task)
	{
		str_puts(out, i ? ", " : "");
		put_task(out, task);
	}
}

static void render_stack(const json_t *report, struct str *out)
{
	const json_t *crash = get(report, "crash"), *item;
	size_t i;

	if (json_object_size(crash)) {
		str_puts(out, "panic task ");
		put_task(out, get(crash, "task"));
		str_puts(out, "\n");
	}
	put_stack(out, get(crash, "backtrace"));
	json_array_foreach(get(report, "cpus"), i, item)
	{
		str_puts(out, "\ncpu");
		put_known(out, item, "cpu", "");
		str_puts(out, " ");
		put_task(out, get(item, "task"));
		str_puts(out, "\n");
		put_stack(out, get(item, "backtrace"));
	}
	json_array_foreach(get(get(report, "tasks"), "blocked"), i, item)
	{
		str_printf(out, "\nblocked, %zu: ", json_array_size(get(item, "tasks")));
		put_tasks(out, get(item, "tasks"));
		str_puts(out, "\n");
		put_stack(out, get(item, "backtrace"));
	}
}

static void render_log(const json_t *report, struct str *out)
{
	const json_t *log = get(report, "log"), *item;
	size_t i;

	json_array_foreach(get(log, "events"), i, item)
	{
		str_printf(out, "[%12.6f] ", json_number_value(get(item, "time_s")));
		put_text(out, item, "text");
		str_puts(out, "\n");
	}
	json_array_foreach(get(log, "segfaults"), i, item)
	{
		str_printf(out, "[%12.6f] segfault of ", json_number_value(get(item, "time_s")));
		put_task(out, item);
		put_known(out, item, "address", "at");
		put_known(out, item, "ip", "ip");
		put_known(out, item, "object", "in");
		put_known(out, item, "offset", "offset");
		put_known(out, item, "symbol", "");
		str_puts(out, "\n");
	}
}

static void render_registers(const json_t *report, struct str *out)
{
	json_t *registers = json_object_get(get(report, "crash"), "registers"), *value;
	const char *name;
	size_t i = 0;

	json_object_foreach(registers, name, value)
	{
		str_printf(out, "  %8s ", name);
		put_value(out, value);
		str_puts(out, ++i % 3 ? "" : "\n");
	}
	if (i % 3)
		str_puts(out, "\n");
}

static void render_findings(const json_t *report, struct str *out)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(get(report, "findings"), i, finding)
	{
		str_puts(out, "#");
		put_value(out, get(finding, "id"));
		str_puts(out, " ");
		put_text(out, finding, "code");
		put_known(out, finding, "severity", "");
		put_known(out, finding, "confidence", "");
		put_known(out, finding, "headline", "-");
		str_puts(out, "\n");
	}
}

static const struct section sections[] = {
	{"stack", render_stack}, {"locks", render_locks},	  {"memory", render_memory},
	{"log", render_log},	 {"registers", render_registers}, {"findings", render_findings},
};

const struct section *section_at(size_t index)
{
	return index < ARRAY_SIZE(sections) ? &sections[index] : NULL;
}
