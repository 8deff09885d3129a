/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_WAIT_GRAPH
#define TRIAGE_LOCKS_WAIT_GRAPH

#include "base/error.h"
#include "kernel/tasks/task.h"
#include "locks/lock.h"

/*
 * The wait-for graph: an edge from each waiter to each possible holder. A waiter's best edge is
 * the one with the highest confidence; roots follow best edges, cycles may use any.
 */
struct wait_edge {
	const struct task *from;
	const struct task *to; /* NULL: the holder is missing */
	const struct lock *lock;
	const struct lock_holder *holder; /* one of its holders, or the writer ahead; task is to */
	double confidence;		  /* in the holder */
	size_t unlisted;		  /* waiters of this lock that are counted but not kept */
};

/* What the other end is to the lock: "held by", "run by", "queued behind", … */
const char *wait_edge_relation(const struct wait_edge *edge);
/* A reader that waits for the writer before it in the queue. */
static inline bool wait_edge_behind(const struct wait_edge *edge)
{
	return edge->holder == &edge->lock->ahead;
}

#define CYCLES_MAX 16 /* kept: the surest of those found */

struct wait_cycle {
	const struct wait_edge **edges; /* edges[i]->to == edges[i+1]->from */
	size_t length;
	double confidence; /* product of its edges' */
};

/* Where a queue ends: at a task that waits for nobody, or at a lock whose holder is missing. */
struct wait_root {
	const struct task *task; /* with a missing holder, the first task that waits for it */
	bool holder_known;
	const struct wait_edge *last; /* the last edge into it */
	size_t victims;		      /* tasks that wait for it, through others too */
	double confidence; /* that the queue ends there: the last edge's, less where "waits" doubts it */
	const char *missing; /* why it is not known what the task itself waits for, or NULL */
};

struct wait_graph {
	struct wait_edge *edges;
	size_t count;
	struct wait_cycle *cycles; /* surest first */
	size_t cycle_count;
	struct wait_root *roots; /* what stops most first */
	size_t root_count;
};

/* ERR_NOMEM, as with solving. */
struct err *wait_graph_add(struct wait_graph *graph, const struct wait_edge *edge);
/* Find cycles and roots; the edges stay where they are from here on. */
struct err *wait_graph_solve(struct wait_graph *graph);
void wait_graph_deinit(struct wait_graph *graph);

/* A reader that waits for its own read, through the writer that came in between. */
bool wait_cycle_is_own_reader(const struct wait_cycle *cycle);
/*
 * The cycles that have no task in common, surest first: each is a deadlock of its own. How many; those after
 * the first are fairly sure.
 */
size_t wait_graph_apart(const struct wait_graph *graph, const struct wait_cycle *apart[CYCLES_MAX]);
/* Of the locks this task is said to hold, the one most tasks wait for; NULL when there is none. */
const struct lock *wait_graph_busiest(const struct wait_graph *graph, const struct task *task);

#endif
