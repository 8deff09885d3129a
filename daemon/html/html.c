/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file: its head, and its parts in their order. */
#include "daemon/html/html.h"

#include <ctype.h>
#include <string.h>

#include "daemon/html/html_escape.h"
#include "daemon/html/html_head.h"
#include "daemon/html/html_parts.h"
#include "daemon/render/sections.h"

/* Sections that are drawn; the others are shown as the text that they are. */
typedef void draw(struct html_page *html, const json_t *report, const char *about);
static draw *const drawn[SECTION_COUNT] = {
	[SECTION_locks] = html_waits,	    [SECTION_memory] = html_memory,
	[SECTION_log] = html_log,	    [SECTION_registers] = html_registers,
	[SECTION_findings] = html_findings,
};

static void put_text_section(struct html_page *html, const json_t *report,
			     const struct section *section)
{
	_str_ struct str text = {0};
	char name[32];

	section->render(report, &text);
	if (!text.length)
		return;
	copy_string(name, sizeof(name), section->name);
	*name = (char)toupper((unsigned char)*name);
	html_section(html, name, section->summary);
	html_lines(html, name, text.data);
}

static void put_drawn(struct html_page *html, const json_t *report, enum section_id id)
{
	drawn[id](html, report, section_by_id(id)->summary);
}

/* A deadlock is told by its graph, and the crash is that of who came by. */
static bool is_cycle(const json_t *report)
{
	return json_array_size(json_at(report, "waits.cycles"));
}

/* The drawn ones first: those of text are long. */
static void put_sections(struct html_page *html, const json_t *report)
{
	for (enum section_id id = 0; id < SECTION_COUNT; id++)
		if (drawn[id] && id != SECTION_registers &&
		    !(id == SECTION_locks && is_cycle(report)))
			put_drawn(html, report, id);
	for (enum section_id id = 0; id < SECTION_COUNT; id++)
		if (!drawn[id])
			put_text_section(html, report, section_by_id(id));
}

/* What to know and to do, then what it rests on. */
static void put_parts(struct html_page *html, const json_t *report,
		      const struct render_record *record)
{
	render_reasons(&html->page, report);
	render_history(&html->page, report, record);
	render_next(&html->page, report, record);
	if (is_cycle(report))
		put_drawn(html, report, SECTION_locks);
	render_crash(&html->page, report);
	put_drawn(html, report, SECTION_registers);
	render_backtrace(&html->page, report);
	render_report(&html->page, report);
	put_sections(html, report);
	render_ruled_out(&html->page, report);
	render_see(&html->page, report);
	render_system(&html->page, report);
	render_missing(&html->page, report);
	html_page_close(html);
}

static bool is_sure(const json_t *report)
{
	const char *cause = json_string_at(report, "verdict.cause");

	return cause && strcmp(cause, "unknown") != 0;
}

static void put_foot(const json_t *report, struct str *out)
{
	str_puts(out, "</main>\n<footer><p>triage ");
	html_escape_raw(out, json_string_at(report, "tool.version"));
	str_puts(out, ", analyzed ");
	html_escape_raw(out, json_string_at(report, "analyzed_at"));
	str_puts(out, "</p></footer>\n</body>\n</html>\n");
}

void html_render(const json_t *report, const struct render_record *record, const char *home,
		 struct str *out)
{
	const char *headline = json_string_at(report, "verdict.headline");
	_html_page_ struct html_page html = {.open = HTML_NOTHING};
	_str_ struct str parts = {0};

	html_page_begin(&html, out);
	html_head(out, headline ? headline : "no verdict");
	str_puts(out, is_sure(report) ? "<header>\n" : "<header class=\"unsure\">\n");
	render_headline(&html.page, report);
	str_puts(out, "</header>\n");
	html_page_begin(&html, &parts);
	put_parts(&html, report, record);
	str_puts(out, "<nav aria-label=\"Parts of this page\">\n<ul>\n");
	if (home)
		str_printf(out, "<li><a href=\"%s\">All crashes</a></li>\n", home);
	str_append(out, html.nav.data ? html.nav.data : "", html.nav.length);
	str_puts(out, "</ul>\n</nav>\n<main>\n");
	str_append(out, parts.data ? parts.data : "", parts.length);
	put_foot(report, out);
}
