/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_WAITS_BRIEF
#define TRIAGE_LOCKS_WAITS_BRIEF

#include "base/str.h"
#include "locks/wait_graph.h"

struct kernel;

/*
 * The wait-for graph in one line of about a hundred characters, for a headline: who holds what up, without
 * the way there. Nothing is appended where the full sentence is no longer. Needs sleepers_of().
 */
void waits_brief(struct kernel *kernel, const struct wait_graph *graph, struct str *text);

#endif
