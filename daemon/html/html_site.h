/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_SITE
#define TRIAGE_DAEMON_HTML_HTML_SITE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Pages of a site of many crashes, in the look of a verdict's page: no script, nothing that is fetched, links that are
 * relative. Every text is escaped here.
 */

/* The head, a bar with the site's pages, a title and what it is about below (NULL: nothing). */
void html_site_begin(struct str *out, const char *title, const char *about);
void html_site_end(struct str *out);

/* A section with a heading of its own; number counts those of the page from 1. */
void html_site_section(struct str *out, unsigned number, const char *name);
void html_site_section_end(struct str *out);

void html_site_table(struct str *out, const char *const *headings, size_t count);
void html_site_table_end(struct str *out);
/* A row: its first cell names it; NULL is "-". href is a relative address of ours, NULL for none. */
void html_site_row(struct str *out, const char *name);
void html_site_cell(struct str *out, const char *text, const char *href);
/* Bars, the oldest first, with a label for those who cannot see them. */
void html_site_bars(struct str *out, const char *label, const int64_t *values, size_t count);
void html_site_row_end(struct str *out);

#endif
