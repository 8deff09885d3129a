/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of the crash, three a line. */
#include "daemon/render/render_json.h"
#include "daemon/render/render_width.h"
#include "daemon/render/section.h"

static void render(const json_t *report, struct str *out)
{
	json_t *registers = json_at(report, "crash.registers"), *value;
	const char *name;
	size_t i = 0;

	json_object_foreach (registers, name, value) {
		_str_ struct str label = {0}, number = {0};

		render_width(report, name, &label);
		render_width(report, json_string_value(value), &number);
		str_printf(out, "  %8s ", label.data ? label.data : "");
		render_put(out, "", number.data);
		str_puts(out, ++i % 3 ? "" : "\n");
	}
	if (i % 3)
		str_puts(out, "\n");
}

const struct section registers_section = {
	.name = "registers", .summary = "the registers of the crash", .render = render};
