/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headings, paragraphs, fields and frames of the page, as HTML. */
#include "daemon/html/html_page.h"

#include <ctype.h>
#include <string.h>

#include "daemon/html/html_escape.h"

static const struct {
	const char *begin, *end;
} lists[] = {
	[HTML_NOTHING] = {"", ""},
	[HTML_LIST] = {"<ul>\n", "</ul>\n"},
	[HTML_FIELDS] = {"<dl>\n", "</dl>\n"},
	[HTML_FRAMES] = {"<ul class=\"frames\">\n", "</ul>\n"},
};

static void open_list(struct html_page *html, enum html_open open)
{
	if (html->open == open)
		return;
	str_puts(html->page.out, lists[html->open].end);
	str_puts(html->page.out, lists[open].begin);
	html->open = open;
}

void html_page_close(struct html_page *html)
{
	open_list(html, HTML_NOTHING);
	if (html->in_section)
		str_puts(html->page.out, "</section>\n");
	html->in_section = false;
}

void html_section(struct html_page *html, const char *name, const char *about)
{
	struct str *out = html->page.out;
	unsigned number = ++html->sections;

	html_page_close(html);
	html->in_section = true;
	str_printf(out, "<section aria-labelledby=\"s%u\">\n<h2 id=\"s%u\">", number, number);
	html_escape(out, name);
	str_puts(out, "</h2>\n");
	if (about) {
		str_puts(out, "<p class=\"about\">");
		html_escape(out, about);
		str_puts(out, "</p>\n");
	}
	str_printf(&html->nav, "<li><a href=\"#s%u\">", number);
	html_escape(&html->nav, name);
	str_puts(&html->nav, "</a></li>\n");
}

/* --- the page's form -------------------------------------------------------------------------- */

static void put_title(const struct page *page, const char *text)
{
	str_puts(page->out, "<h1>");
	html_escape_raw(page->out, text);
	str_puts(page->out, "</h1>\n");
}

static void put_heading(const struct page *page, const char *text)
{
	html_section(page->context, text, NULL);
}

/* What stands before a paragraph without its blanks: "-", "#12", "known issue:". */
static void trim(const char *first, char *mark, size_t size)
{
	size_t length;

	first += strspn(first, " ");
	copy_string(mark, size, first);
	for (length = strlen(mark); length && mark[length - 1] == ' ';)
		mark[--length] = '\0';
}

static enum html_open list_for(const char *mark)
{
	if (!strcmp(mark, "-"))
		return HTML_LIST;
	return *mark == '#' || !strcmp(mark, "...") ? HTML_FRAMES : HTML_NOTHING;
}

static void put_paragraph(const struct page *page, const char *first, const char *text)
{
	struct html_page *html = page->context;
	enum html_open open;
	char mark[64];

	trim(first, mark, sizeof(mark));
	open = list_for(mark);
	open_list(html, open);
	str_puts(page->out, open == HTML_NOTHING ? "<p>" : "<li>");
	if (open != HTML_LIST && *mark) {
		str_puts(page->out, "<span class=\"mark\">");
		html_escape(page->out, mark);
		str_puts(page->out, "</span> ");
	}
	/* A paragraph of the page may hold what a renderer has escaped: twice does no harm. */
	html_escape_raw(page->out, text);
	str_puts(page->out, open == HTML_NOTHING ? "</p>\n" : "</li>\n");
}

static void put_field(const struct page *page, const char *name, const char *value)
{
	open_list(page->context, HTML_FIELDS);
	if (*name) {
		str_puts(page->out, "<dt>");
		html_escape(page->out, name);
		str_puts(page->out, "</dt>\n");
	}
	str_puts(page->out, "<dd>");
	html_escape_raw(page->out, value);
	str_puts(page->out, "</dd>\n");
}

static void put_note(const struct page *page, const char *text)
{
	open_list(page->context, HTML_NOTHING);
	str_puts(page->out, "<p class=\"about\">");
	html_escape(page->out, text);
	str_puts(page->out, "</p>\n");
}

void html_page_begin(struct html_page *html, struct str *out)
{
	static const struct page_form form = {.title = put_title,
					      .heading = put_heading,
					      .paragraph = put_paragraph,
					      .field = put_field,
					      .note = put_note};

	html->page = (struct page){.out = out, .form = &form, .context = html};
}

void html_page_deinit(struct html_page *html)
{
	str_deinit(&html->nav);
}

/* --- text ------------------------------------------------------------------------------------- */

static void put_line(struct str *out, const char *line, size_t length)
{
	_str_ struct str copy = {0};
	const char *tag = *line == '>' ? "mark" : isgraph((unsigned char)*line) ? "b" : NULL;

	str_append(&copy, line, length);
	if (tag)
		str_printf(out, "<%s>", tag);
	html_escape(out, copy.data);
	if (tag)
		str_printf(out, "</%s>", tag);
	str_puts(out, "\n");
}

void html_lines(struct html_page *html, const char *label, const char *text)
{
	struct str *out = html->page.out;

	open_list(html, HTML_NOTHING);
	/* Wide ones scroll, and what scrolls is to be reached by keyboard. */
	str_puts(out, "<pre tabindex=\"0\" role=\"region\" aria-label=\"");
	html_escape(out, label);
	str_puts(out, "\">");
	for (const char *at = text + strspn(text, "\n"); *at;) {
		size_t length = strcspn(at, "\n");

		put_line(out, at, length);
		at += length + (at[length] == '\n');
	}
	str_puts(out, "</pre>\n");
}
