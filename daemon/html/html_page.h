/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_PAGE
#define TRIAGE_DAEMON_HTML_HTML_PAGE

#include "daemon/render/page.h"
#include "json.h"

/* What is open at the end of the text so far. */
enum html_open { HTML_NOTHING, HTML_LIST, HTML_FIELDS, HTML_FRAMES };

/*
 * A page of daemon/render in HTML: headings begin sections, which nav lists; paragraphs, fields and
 * frames become lists. Not to be moved after html_page_begin().
 */
struct html_page {
	struct page page;
	struct str nav; /* a list item for each section */
	enum html_open open;
	unsigned sections;
	bool in_section;
};

void html_page_begin(struct html_page *html, struct str *out);
/* Close what is open. */
void html_page_close(struct html_page *html);
void html_page_deinit(struct html_page *html);
#define _html_page_ _cleanup_(html_page_deinit)

/* A section of one of the file's own parts, with what it is about below its name (NULL: nothing). */
void html_section(struct html_page *html, const char *name, const char *about);
/* Text for a terminal, as it is: lines that begin at the margin are strong, those with ">" marked. */
void html_lines(struct html_page *html, const char *label, const char *text);

#endif
