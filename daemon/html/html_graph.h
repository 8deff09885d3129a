/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_GRAPH
#define TRIAGE_DAEMON_HTML_HTML_GRAPH

#include "base/str.h"
#include "json.h"

/*
 * A graph as SVG within the page, from what html_dot_layout() gave. Nothing of that is taken as it is:
 * numbers are read and written again, texts are escaped. label: what it shows, for those who don't see
 * it. False, and nothing, when the layout is not understood.
 */
bool html_graph(struct str *out, const json_t *layout, const char *label);

#endif
