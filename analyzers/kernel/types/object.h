/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_OBJECT
#define TRIAGE_KERNEL_TYPES_OBJECT

#include "kernel/kernel.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"

/*
 * Typed reads of kernel objects, and list walks. Every walk has a bound and notices when it comes
 * back to a node (Brent's algorithm: it takes no memory and no luck).
 */

/*
 * A member as an unsigned number: integers, pointers, bit-fields and wrappers such as atomic_t, up
 * to 8 bytes. ERR_NOT_FOUND when this kernel has no such member; memory's errors pass through.
 */
struct err *member_read(struct kernel *kernel, uint64_t object, enum member_id id, uint64_t *ret);
/* The same, sign-extended. */
struct err *member_read_signed(struct kernel *kernel, uint64_t object, enum member_id id,
			       int64_t *ret);
/* A char[] member, NUL-terminated into buf whatever the dump holds. */
struct err *member_read_string(struct kernel *kernel, uint64_t object, enum member_id id, char *buf,
			       size_t size);
/* By type and path, for what no table lists; type as types_find_struct() returned it. */
struct err *object_read(struct kernel *kernel, struct type type, uint64_t object, const char *path,
			uint64_t *ret);
/* Out of bytes already read: a whole struct is one memory_read, its members are free. */
bool member_get(struct kernel *kernel, const void *bytes, size_t length, enum member_id id,
		uint64_t *ret);
/* A kernel variable of up to 8 bytes by symbol. */
struct err *variable_read(struct kernel *kernel, const char *symbol, size_t size, uint64_t *ret);

/* Walk a circular struct list_head (include/linux/list.h). */
struct list_walk {
	struct kernel *kernel;
	uint64_t head, node; /* node: the list_head just reached, never the head itself */
	size_t steps, max;
	uint64_t tortoise, power;
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
	size_t steps, max;
	uint64_t tortoise, power;
	struct err *err; /* as in list_walk */
};
void chain_walk_init(struct chain_walk *walk, struct kernel *kernel, uint64_t first,
		     uint64_t next_offset, size_t max);
/* False at the end (at once when first is NULL) or on error. */
bool chain_walk_next(struct chain_walk *walk);
void chain_walk_deinit(struct chain_walk *walk);
#define _chain_walk_ _cleanup_(chain_walk_deinit)

#endif
