/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of a verdict, or parts of it in full. */
#include "daemon/cli/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>

#include "base/io.h"
#include "daemon/cli/pager.h"
#include "daemon/html/html.h"
#include "daemon/render/render_locks.h"

bool parts_take(struct parts *parts, int option)
{
	bool *wanted = option == OPTION_DOT ? &parts->dot : NULL;

	if (option == OPTION_HTML || option == OPTION_OUTPUT) {
		parts->html |= option == OPTION_HTML;
		parts->output = option == OPTION_OUTPUT ? optarg : parts->output;
		return true;
	}
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

static void render(const struct parts *parts, const json_t *report,
		   const struct render_record *record, struct str *out)
{
	struct render_style style = render_style_for(STDOUT_FILENO);

	if (parts->html)
		html_render(report, record, NULL, out);
	else if (!parts->count)
		render_page(report, record, &style, out);
	else if (parts->dot)
		render_dot(report, out);
	for (enum section_id id = 0; id < SECTION_COUNT && !parts->dot; id++)
		if (parts->section[id])
			put_section(report, section_by_id(id), parts->count > 1, style.colour, out);
}

struct err *parts_check(const struct parts *parts, bool json)
{
	if (parts->html && (parts->count || json))
		return err_new(ERR_INVALID,
			       "--html is the whole page, and nothing goes with it but -o");
	if (parts->output && !parts->html)
		return err_new(ERR_INVALID, "-o is for --html");
	return NULL;
}

static struct err *write_file(const char *path, const struct str *text)
{
	_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_errno(errno, "open \"%s\"", path);
	return io_write_all(fd, text->data, text->length);
}

struct err *parts_print(const struct parts *parts, const json_t *report,
			const struct render_record *record)
{
	_str_ struct str text = {0};

	if (!parts->output)
		pager_open();
	render(parts, report, record, &text);
	if (parts->output)
		return text.failed ? &err_nomem : write_file(parts->output, &text);
	fputs(text.data ? text.data : "", stdout);
	return NULL;
}

void parts_help(FILE *out)
{
	for (enum section_id id = 0; id < SECTION_COUNT; id++) {
		const struct section *section = section_by_id(id);

		fprintf(out, "  --%-16s %s\n", section->name,
			section->summary ? section->summary : "this part alone, in full");
	}
	fputs("  --dot              who waits for whom, as a graph for Graphviz\n"
	      "  --html             the page and all parts as one HTML file, which needs nothing "
	      "else\n"
	      "  -o, --output FILE  where --html goes; standard output without it\n",
	      out);
}
