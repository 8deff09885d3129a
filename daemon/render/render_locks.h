/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_LOCKS
#define TRIAGE_DAEMON_RENDER_RENDER_LOCKS

#include "base/str.h"
#include "json.h"

/*
 * The locks of a verdict document and who waits for whom, for a ticket: each lock with its state,
 * its holders and what says so, its waiters in order; then cycles and where queues end. Every
 * string is escaped; out stays empty when the document knows of no lock.
 */
void render_locks(const json_t *report, struct str *out);

/* The wait-for graph in Graphviz' language; a graph without nodes when there is none. */
void render_dot(const json_t *report, struct str *out);

#endif
