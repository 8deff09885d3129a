/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_IO_WAITS
#define TRIAGE_LOCKS_IO_WAITS

#include "base/str.h"
#include "locks/wait_graph.h"

/* Queues that end at a wait for I/O, which no task ends: a page, a bio, a request, a buffer. */

/* Does this root's own wait end with I/O? */
bool io_root(const struct wait_root *root);
/* {"tasks", "devices": [{"device", "tasks"}]} of all such roots, or NULL when there is none. */
json_t *io_waits_json(const struct wait_graph *graph);
/* "9 tasks wait for I/O that does not end: 5 on vda, 4 on vdb; longest dd/108, for 6.7 s" */
void io_waits_headline(const struct wait_graph *graph, struct str *text);

#endif
