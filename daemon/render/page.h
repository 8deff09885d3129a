/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_PAGE
#define TRIAGE_DAEMON_RENDER_PAGE

#include "base/str.h"
#include "daemon/render/render_style.h"

/*
 * What the one screen is made of: headings, wrapped paragraphs, named fields. Texts are escaped here.
 * A form writes them as something else than text for a terminal; out and style are then its own affair.
 */
struct page;
struct page_form {
	void (*title)(const struct page *page, const char *text);
	void (*heading)(const struct page *page, const char *text);
	void (*paragraph)(const struct page *page, const char *first, const char *text);
	void (*field)(const struct page *page, const char *name, const char *value);
	void (*note)(const struct page *page, const char *text);
};

struct page {
	struct str *out;
	const struct render_style *style;
	const struct page_form *form; /* NULL: text */
	void *context;		      /* the form's */
};

/* A terminal's code for a colour, "0" for none; nothing where none is wanted. */
void page_colour(const struct page *page, const char *code);
/* The verdict in a line. */
void page_title(const struct page *page, const char *text);
void page_heading(const struct page *page, const char *text);
/*
 * A text wrapped at its blanks, with first before it, and rest before its further lines. A word that
 * is longer than a line is broken, but for one with a slash in it: a path is there to be copied.
 */
void page_paragraph(const struct page *page, const char *first, const char *rest, const char *text);
/* "  name      value", left out when the value is not known. */
void page_field(const struct page *page, const char *name, const char *value);
/* Words of our own behind indent, such as how much more there is: not escaped, not wrapped. */
void page_note(const struct page *page, const char *indent, const char *text);

#endif
