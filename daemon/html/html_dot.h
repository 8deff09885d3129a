/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_DOT
#define TRIAGE_DAEMON_HTML_HTML_DOT

#include "json.h"

/*
 * Where Graphviz would put the nodes and edges of a graph in its language: what `dot -Tjson0` writes
 * (nodes "objects", "edges", the bounds "bb", in points, upwards). NULL where there is no dot, it failed,
 * wrote too much or took longer than some seconds. The caller's.
 */
json_t *html_dot_layout(const char *graph);

#endif
