/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_OBJECT_H
#define TRIAGE_OBJECT_H

#include "kernel/kernel.h"

/*
 * Typed reads of kernel objects, and list walks. Every walk has a bound and notices when it comes
 * back to a node (Brent's algorithm: no memory, no page of luck).
 */

/* A member as an unsigned number (bit-fields too; up to 8 bytes). ERR_NOT_FOUND without layout. */
struct err *member_read(struct kernel *kernel, uint64_t object, enum layout_id id, uint64_t *ret);
/* The same, sign-extended. */
struct err *member_read_signed(struct kernel *kernel, uint64_t object, enum layout_id id,
			       int64_t *ret);
/* A char[] member, NUL-terminated into buf whatever the dump holds. */
struct err *member_read_text(struct kernel *kernel, uint64_t object, enum layout_id id, char *buf,
			     size_t size);
/* Address of a member: object + offset. */
struct err *member_address(struct kernel *kernel, uint64_t object, enum layout_id id,
			   uint64_t *ret);
/* By type and path, for what no table lists. */
struct err *object_read(struct kernel *kernel, struct type type, uint64_t object, const char *path,
			uint64_t *ret);
/* Out of bytes already read: a whole struct is one memory_read, its members are free. */
bool member_get(struct kernel *kernel, const void *bytes, size_t length, enum layout_id id,
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

#endif
