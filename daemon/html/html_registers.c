/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of the crash with what they point to, and the code around its instruction. */
#include "daemon/html/html_parts.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/html/html_escape.h"
#include "daemon/render/render_addresses.h"
#include "daemon/render/render_width.h"

/* Does the instruction that the crash stands at use it? */
static bool is_operand(const json_t *report, const char *name)
{
	const json_t *operand;
	size_t i;

	json_array_foreach (json_at(report, "crash.instruction.operands"), i, operand) {
		const char *used = json_string_at(operand, "register");

		if (used && !strcmp(used, name))
			return true;
	}
	return false;
}

static void put_register(struct str *out, const json_t *report, const char *name)
{
	bool used = is_operand(report, name);
	_str_ struct str what = {0}, label = {0};
	uint64_t value;

	if (!render_register(report, name, &value, &what))
		return;
	str_printf(out, "<tr%s><th scope=\"row\">", used ? " class=\"hit\"" : "");
	render_width(report, name, &label);
	html_escape_raw(out, label.data ? label.data : "");
	str_printf(out, "</th><td class=\"code\">%0*" PRIx64 "</td><td>",
		   render_is_32bit(report) ? 8 : 16, value);
	html_escape(out, what.data);
	str_puts(out, used ? " <span class=\"tag\">used by the instruction</span></td></tr>\n"
			   : "</td></tr>\n");
}

static void put_instruction(struct str *out, const json_t *line)
{
	bool faulting = json_is_true(json_at(line, "faulting"));

	str_printf(out, "<tr%s><th scope=\"row\">", faulting ? " class=\"hit\"" : "");
	html_escape_raw(out, json_string_at(line, "place"));
	str_puts(out, "</th><td class=\"code\">");
	html_escape_raw(out, json_string_at(line, "bytes"));
	str_puts(out, "</td><td class=\"code\">");
	html_escape_raw(out, json_string_at(line, "text"));
	str_puts(out, faulting ? " <span class=\"tag\">here</span></td></tr>\n" : "</td></tr>\n");
}

static void put_code(struct html_page *html, const json_t *around)
{
	struct str *out = html->page.out;
	const json_t *line;
	size_t i;

	if (!json_array_size(around))
		return;
	html_section(html, "Code", "the instructions around the one that the crash stands at");
	str_puts(out, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Place</th>"
		      "<th scope=\"col\">Bytes</th><th scope=\"col\">Instruction</th></tr></thead>"
		      "\n<tbody>\n");
	json_array_foreach (around, i, line) {
		put_instruction(out, line);
	}
	str_puts(out, "</tbody></table></div>\n");
}

void html_registers(struct html_page *html, const json_t *report, const char *about)
{
	json_t *registers = json_at(report, "crash.registers"), *value;
	struct str *out = html->page.out;
	const char *name;

	if (json_object_size(registers)) {
		html_section(html, "Registers", about);
		str_puts(out, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Register"
			      "</th><th scope=\"col\">Value</th><th scope=\"col\">What it is</th>"
			      "</tr></thead>\n<tbody>\n");
		json_object_foreach (registers, name, value) {
			put_register(out, report, name);
		}
		str_puts(out, "</tbody></table></div>\n");
	}
	put_code(html, json_at(report, "crash.instruction.around"));
}
