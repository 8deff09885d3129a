/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of a verdict, or parts of it in full. */
#include "daemon/cli/parts.h"

#include "daemon/render/render_locks.h"

bool parts_take(struct parts *parts, int option)
{
	bool *wanted = option == OPTION_DOT ? &parts->dot : NULL;

	if (option >= OPTION_SECTION && option < OPTION_SECTION + SECTION_COUNT)
		wanted = &parts->section[option - OPTION_SECTION];
	if (!wanted)
		return false;
	parts->count += !*wanted;
	*wanted = true;
	return true;
}

/* Several parts are told apart by their names. */
static void put_section(const json_t *report, const struct section *section, bool named,
			bool colour, struct str *out)
{
	size_t before;

	if (named)
		str_printf(out, "%s%s%s%s\n", out->length ? "\n" : "", colour ? "\033[1m" : "",
			   section->name, colour ? "\033[0m" : "");
	before = out->length;
	section->render(report, out);
	if (out->length == before)
		str_printf(out, "%s%s\n", named ? "  " : "",
			   section->nothing ? section->nothing : "nothing is known");
}

void parts_render(const struct parts *parts, const json_t *report,
		  const struct render_record *record, const struct render_style *style,
		  struct str *out)
{
	if (!parts->count)
		render_page(report, record, style, out);
	else if (parts->dot)
		render_dot(report, out);
	for (enum section_id id = 0; id < SECTION_COUNT && !parts->dot; id++)
		if (parts->section[id])
			put_section(report, section_by_id(id), parts->count > 1, style->colour,
				    out);
}

void parts_help(FILE *out)
{
	for (enum section_id id = 0; id < SECTION_COUNT; id++) {
		const struct section *section = section_by_id(id);

		fprintf(out, "  --%-16s %s\n", section->name,
			section->summary ? section->summary : "this part alone, in full");
	}
	fputs("  --dot              who waits for whom, as a graph for Graphviz\n", out);
}
