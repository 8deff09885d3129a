/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headings, paragraphs and fields of the one screen. */
#include "daemon/render/page.h"

#include <stdio.h>
#include <string.h>

void page_colour(const struct page *page, const char *code)
{
	if (!page->form && page->style->colour)
		str_printf(page->out, "\033[%sm", code);
}

void page_title(const struct page *page, const char *text)
{
	if (page->form)
		page->form->title(page, text);
	else
		page_paragraph(page, "", "", text);
}

void page_heading(const struct page *page, const char *text)
{
	if (page->form) {
		page->form->heading(page, text);
		return;
	}
	str_puts(page->out, "\n");
	page_colour(page, "1");
	str_puts(page->out, text);
	page_colour(page, "0");
	str_puts(page->out, "\n");
}

/* Bytes of the text that go into a line with so much room. */
static size_t fit(const char *at, size_t room)
{
	size_t left = strlen(at), word = strcspn(at, " "), take;

	if (left <= room)
		return left;
	for (take = room; take && at[take] != ' ';)
		take--;
	if (take)
		return take;
	return memchr(at, '/', word) ? word : room;
}

void page_paragraph(const struct page *page, const char *first, const char *rest, const char *text)
{
	size_t indent = strlen(first);
	_str_ struct str safe = {0};

	if (page->form) {
		page->form->paragraph(page, first, text);
		return;
	}
	str_escape(&safe, text, strlen(text));
	str_puts(page->out, first);
	for (const char *at = safe.data ? safe.data : ""; *at;) {
		size_t room = page->style->width > indent ? page->style->width - indent : 1;
		size_t take = fit(at, room);

		str_append(page->out, at, take);
		str_puts(page->out, "\n");
		at += take;
		at += *at == ' ';
		if (*at)
			str_puts(page->out, rest);
		indent = strlen(rest);
	}
	if (!safe.length)
		str_puts(page->out, "\n");
}

void page_field(const struct page *page, const char *name, const char *value)
{
	char first[32];

	if (!value || !*value)
		return;
	if (page->form) {
		page->form->field(page, name, value);
		return;
	}
	snprintf(first, sizeof(first), "  %-12s ", name);
	page_paragraph(page, first, "               ", value);
}

void page_note(const struct page *page, const char *indent, const char *text)
{
	if (page->form)
		page->form->note(page, text);
	else
		str_printf(page->out, "%s%s\n", indent, text);
}
