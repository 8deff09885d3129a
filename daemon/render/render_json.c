/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for what verdicts hold in many places: tasks, places in the code, frames. */
#include "daemon/render/render_json.h"

#include <string.h>

void render_put(struct str *out, const char *before, const char *string)
{
	if (!string || !*string)
		return;
	str_puts(out, before);
	str_escape(out, string, strlen(string));
}

void render_title(struct str *out, const char *title)
{
	str_printf(out, "%s%s\n", out->length ? "\n" : "", title);
}

void render_task(struct str *out, const json_t *task)
{
	const json_t *pid = json_at(task, "pid");
	const char *comm = json_string_at(task, "comm");

	if (!json_is_integer(pid))
		return;
	render_put(out, "", comm);
	str_printf(out, comm && *comm ? "/%lld" : "pid %lld", json_integer_value(pid));
}

void render_place(struct str *out, const json_t *place)
{
	const json_t *offset = json_at(place, "offset"), *line = json_at(place, "line");
	const char *symbol = json_string_at(place, "symbol");

	render_put(out, "", symbol ? symbol : json_string_at(place, "address"));
	if (symbol && json_is_integer(offset))
		str_printf(out, "+0x%llx", json_integer_value(offset));
	if (json_string_at(place, "module")) {
		render_put(out, " [", json_string_at(place, "module"));
		str_puts(out, "]");
	}
	render_put(out, "  ", json_string_at(place, "file"));
	if (json_is_integer(line))
		str_printf(out, ":%lld", json_integer_value(line));
}

void render_frame(struct str *out, const json_t *frame)
{
	const char *kind = json_string_at(frame, "kind");
	const char *found_by = json_string_at(frame, "found_by");

	render_place(out, frame);
	if (kind && strcmp(kind, "call")) {
		render_put(out, "  <", kind);
		str_puts(out, ">");
	}
	if (found_by && (!strcmp(found_by, "scan") || !strcmp(found_by, "resumed")))
		str_printf(out, "  (%s)", found_by);
}
