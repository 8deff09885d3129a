/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_PARTS
#define TRIAGE_DAEMON_HTML_HTML_PARTS

#include "daemon/html/html_page.h"
#include "json.h"

/*
 * The sections of daemon/render that are more than text here, each with what it is about below its
 * heading. They append nothing where nothing is known.
 */
void html_registers(struct html_page *html, const json_t *report, const char *about);
void html_waits(struct html_page *html, const json_t *report, const char *about);
void html_memory(struct html_page *html, const json_t *report, const char *about);
void html_log(struct html_page *html, const json_t *report, const char *about);
void html_findings(struct html_page *html, const json_t *report, const char *about);

#endif
