/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks lists of the dead kernel, whatever state they are in. */
#include "kernel/types/walk.h"

#include "kernel/memory/memory.h"
#include "kernel/types/object.h"

/*
 * Brent: the tortoise waits at a node while the walk goes on, and moves up to it whenever the walk
 * has gone twice as far as before. A ring is noticed within three times its length.
 */
static struct err *check_step(struct walk_bound *bound, uint64_t node)
{
	if (node == bound->tortoise)
		return err_at(ERR_LOOP, node, "the list comes back to a node");
	if (bound->steps >= bound->max)
		return err_at(ERR_LIMIT, node, "the list goes on after %zu nodes", bound->max);
	if (++bound->steps == bound->power) {
		bound->tortoise = node;
		bound->power *= 2;
	}
	return NULL;
}

void list_walk_init(struct list_walk *walk, struct kernel *kernel, uint64_t head, size_t max)
{
	*walk = (struct list_walk){.kernel = kernel,
				   .head = head,
				   .node = head,
				   .bound = {.max = max, .tortoise = head, .power = 1}};
}

static struct err *list_step(struct list_walk *walk, bool *end)
{
	uint64_t next, prev;

	TRY(member_read(walk->kernel, walk->node, MEMBER_LIST_NEXT, &next));
	*end = next == walk->head;
	if (*end)
		return NULL;
	TRY(check_step(&walk->bound, next));
	TRY(member_read(walk->kernel, next, MEMBER_LIST_PREV, &prev));
	if (prev != walk->node)
		return err_at(ERR_CORRUPT, next, "the list's back-pointer is broken");
	walk->node = next;
	return NULL;
}

bool list_walk_next(struct list_walk *walk)
{
	bool end = false;

	if (walk->err)
		return false;
	walk->err = list_step(walk, &end);
	return !walk->err && !end;
}

void list_walk_deinit(struct list_walk *walk)
{
	err_free(walk->err);
	walk->err = NULL;
}

void chain_walk_init(struct chain_walk *walk, struct kernel *kernel, uint64_t first,
		     uint64_t next_offset, size_t max)
{
	*walk = (struct chain_walk){.kernel = kernel,
				    .first = first,
				    .next_offset = next_offset,
				    .bound = {.max = max, .tortoise = UINT64_MAX, .power = 1}};
}

static struct err *chain_step(struct chain_walk *walk, bool *end)
{
	uint64_t next = walk->first;

	if (walk->bound.steps) {
		TRY(memory_read_u64(walk->kernel->memory, walk->node + walk->next_offset, &next));
		*end = next == walk->first;
	}
	*end |= !next;
	if (*end)
		return NULL;
	TRY(check_step(&walk->bound, next));
	walk->node = next;
	return NULL;
}

bool chain_walk_next(struct chain_walk *walk)
{
	bool end = false;

	if (walk->err)
		return false;
	walk->err = chain_step(walk, &end);
	return !walk->err && !end;
}

void chain_walk_deinit(struct chain_walk *walk)
{
	err_free(walk->err);
	walk->err = NULL;
}
