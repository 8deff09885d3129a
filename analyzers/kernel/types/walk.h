/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_WALK
#define TRIAGE_KERNEL_TYPES_WALK

#include <stddef.h>

#include "base/error.h"

struct kernel;

/*
 * Walks of lists. Each has a bound and notices when it comes back to a node (Brent's algorithm: it
 * takes no memory and no luck).
 */

/* How far a walk has come, and the node it must not meet again. */
struct walk_bound {
	size_t steps, max;
	uint64_t tortoise, power;
};

/* Walk a circular struct list_head (include/linux/list.h). */
struct list_walk {
	struct kernel *kernel;
	uint64_t head, node; /* node: the list_head just reached, never the head itself */
	struct walk_bound bound;
	struct err *err; /* why the walk ended early, NULL at the head; owned by the walk */
};
void list_walk_init(struct list_walk *walk, struct kernel *kernel, uint64_t head, size_t max);
/* False at the end or on error. A broken back-pointer (next->prev) ends it with ERR_CORRUPT. */
bool list_walk_next(struct list_walk *walk);
void list_walk_deinit(struct list_walk *walk);
#define _list_walk_ _cleanup_(list_walk_deinit)

/*
 * Walk nodes that hold one pointer to the next and end in NULL or back at the first: hlists, the
 * headless ring of el7's rwsem waiters (struct slist_head), MCS queues.
 */
struct chain_walk {
	struct kernel *kernel;
	uint64_t first, node; /* node: the one just reached, the first one included */
	uint64_t next_offset; /* where a node holds its pointer, in bytes */
	struct walk_bound bound;
	struct err *err; /* as in list_walk */
};
void chain_walk_init(struct chain_walk *walk, struct kernel *kernel, uint64_t first,
		     uint64_t next_offset, size_t max);
/* False at the end (at once when first is NULL) or on error. */
bool chain_walk_next(struct chain_walk *walk);
void chain_walk_deinit(struct chain_walk *walk);
#define _chain_walk_ _cleanup_(chain_walk_deinit)

#endif
