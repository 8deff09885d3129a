/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_TREE
#define TRIAGE_DAEMON_HTML_HTML_TREE

#include "base/str.h"
#include "json.h"

/*
 * Who waits for whom as nested lists: below each task those that wait for it, from a task of each cycle
 * and from those that wait for nobody. A task is told once; depth and number are bounded.
 */
void html_tree(struct str *out, const json_t *waits);

#endif
