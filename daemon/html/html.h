/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML
#define TRIAGE_DAEMON_HTML_HTML

#include "base/str.h"
#include "daemon/render/render.h"
#include "json.h"

/*
 * A verdict document as one HTML file that needs nothing beside it: no script, no network, no picture.
 * The same parts and words as the page and the sections of daemon/render. Every string of the document
 * is escaped, none becomes a link. record may be NULL; so may home, the relative address, of ours, of a page to go back to.
 */
void html_render(const json_t *report, const struct render_record *record, const char *home,
		 struct str *out);

#endif
