/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of a site: head, tables, bars. */
#include "daemon/html/html_site.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "daemon/html/html_escape.h"
#include "daemon/html/html_head.h"

static const struct {
	const char *href, *name;
} pages[] = {{"index.html", "Crashes"},
	     {"signatures.html", "Signatures"},
	     {"hosts.html", "Hosts"},
	     {"kernels.html", "Kernels"}};

void html_site_begin(struct str *out, const char *title, const char *about)
{
	html_head(out, title);
	str_puts(out, "<header>\n<h1>");
	html_escape_raw(out, title);
	str_puts(out, "</h1>\n");
	if (about) {
		str_puts(out, "<p>");
		html_escape_raw(out, about);
		str_puts(out, "</p>\n");
	}
	str_puts(out, "</header>\n<nav aria-label=\"Pages\">\n<ul>\n");
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		str_printf(out, "<li><a href=\"%s\">%s</a></li>\n", pages[i].href, pages[i].name);
	str_puts(out, "</ul>\n</nav>\n<main>\n");
}

void html_site_end(struct str *out)
{
	str_puts(out,
		 "</main>\n<footer><p>triage " TRIAGE_VERSION "</p></footer>\n</body>\n</html>\n");
}

void html_site_section(struct str *out, unsigned number, const char *name)
{
	str_printf(out, "<section aria-labelledby=\"s%u\">\n<h2 id=\"s%u\">", number, number);
	html_escape_raw(out, name);
	str_puts(out, "</h2>\n");
}

void html_site_section_end(struct str *out)
{
	str_puts(out, "</section>\n");
}

void html_site_table(struct str *out, const char *const *headings, size_t count)
{
	str_puts(out, "<div class=\"wide\"><table>\n<thead><tr>");
	for (size_t i = 0; i < count; i++) {
		str_puts(out, "<th scope=\"col\">");
		html_escape(out, headings[i]);
		str_puts(out, "</th>");
	}
	str_puts(out, "</tr></thead>\n<tbody>\n");
}

void html_site_table_end(struct str *out)
{
	str_puts(out, "</tbody>\n</table></div>\n");
}

void html_site_row(struct str *out, const char *name)
{
	str_puts(out, "<tr><th scope=\"row\">");
	html_escape_raw(out, name ? name : "-");
	str_puts(out, "</th>");
}

void html_site_cell(struct str *out, const char *text, const char *href)
{
	str_puts(out, "<td>");
	if (href) {
		str_puts(out, "<a href=\"");
		html_escape(out, href);
		str_puts(out, "\">");
	}
	html_escape_raw(out, text ? text : "-");
	str_puts(out, href ? "</a></td>" : "</td>");
}

#define BAR_WIDTH 4
#define BARS_HEIGHT 24

void html_site_bars(struct str *out, const char *label, const int64_t *values, size_t count)
{
	int64_t most = 1;

	for (size_t i = 0; i < count; i++)
		most = MAX(most, values[i]);
	str_puts(out, "<td><svg role=\"img\" aria-label=\"");
	html_escape_raw(out, label);
	str_printf(out, "\" width=\"%zu\" height=\"%d\" viewBox=\"0 0 %zu %d\">", count * BAR_WIDTH,
		   BARS_HEIGHT, count * BAR_WIDTH, BARS_HEIGHT);
	for (size_t i = 0; i < count; i++) {
		int64_t height = values[i] ? MAX(values[i] * BARS_HEIGHT / most, 2) : 1;

		str_printf(out,
			   "<rect class=\"seen\" x=\"%zu\" y=\"%" PRId64
			   "\" width=\"%d\" height=\"%" PRId64 "\"/>",
			   i * BAR_WIDTH, BARS_HEIGHT - height, BAR_WIDTH - 1, height);
	}
	str_puts(out, "</svg></td>");
}

void html_site_row_end(struct str *out)
{
	str_puts(out, "</tr>\n");
}
