/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_IO_WAITS
#define TRIAGE_LOCKS_IO_WAITS

#include "base/str.h"
#include "locks/wait_graph.h"

/* Queues that end at a wait for I/O, which no task ends: a page, a bio, a request, a buffer. */
struct io_waits {
	size_t tasks; /* in all such queues */
	struct io_device {
		const char *name; /* owned by a lock */
		size_t tasks;
	} * devices; /* in the order met; some tasks' device is not known */
	size_t count;
};

/* Does this root's own wait end with I/O? */
bool io_waits_root(const struct wait_root *root);
/* ERR_NOMEM. */
struct err *io_waits_count(const struct wait_graph *graph, struct io_waits *ret);
void io_waits_deinit(struct io_waits *io);
/* The task that has waited for I/O for longest; NULL where no task's time is known. */
const struct task *io_waits_longest(const struct wait_graph *graph);
/* "9 tasks wait for I/O that has not ended: 5 on vda, 4 on vdb; longest dd/108, for 6.7 s" */
struct err *io_waits_headline(const struct wait_graph *graph, const struct io_waits *io,
			      struct str *text);

#endif
