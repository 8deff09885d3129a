/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks the wait lists of sleeping locks, from a lock or from a sleeper. */
#include "kernel/locking/waitlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/* Offsets of one kind of wait list in this kernel. */
struct shape {
	const struct waitlist_ops *ops;
	uint64_t list, task; /* in the waiter */
	uint64_t lock_list;  /* in the lock */
	bool may_be_cleared; /* ops->cleared_when_woken */
	bool has_head;	     /* the lock's list_head is part of the ring */
	uint64_t first_bias; /* what to add to the lock's pointer to reach a list_head */
};

static struct err *shape_of(struct kernel *kernel, const struct waitlist_ops *ops,
			    struct shape *ret)
{
	const struct member *list = members_get(kernel->members, ops->waiter_list);
	const struct member *task = members_get(kernel->members, ops->waiter_task);
	const struct member *lock = members_get(kernel->members, ops->lock_list);

	if (!list || !task || !lock)
		return err_new(ERR_NOT_FOUND, "no type for %s",
			       members_name(!list   ? ops->waiter_list
					    : !task ? ops->waiter_task
						    : ops->lock_list));
	*ret = (struct shape){
		.ops = ops,
		.list = member_offset(list),
		.task = member_offset(task),
		.lock_list = member_offset(lock),
		.may_be_cleared = ops->cleared_when_woken,
		.has_head = lock->type.kind == TYPE_STRUCT && type_size(lock->type) == 16,
	};
	/* first_waiter points to the waiter, slist_head.next to its list_head. */
	if (lock->type.kind == TYPE_POINTER) {
		const char *target = type_name(type_target(lock->type));

		ret->first_bias = target && !strcmp(target, "list_head") ? 0 : ret->list;
	}
	return NULL;
}

struct err *waitlist_add(struct waitlist *list, struct waiter waiter)
{
	if (!array_grow(list->waiters, list->count))
		return &err_nomem;
	list->waiters[list->count++] = waiter;
	return NULL;
}

/*
 * Is this node a waiter's? Its task must be the one whose stack it stands on; a cleared task is a
 * reader that rwsem_mark_wake() has already taken off the lock's account.
 */
static bool is_waiter(struct kernel *kernel, const struct shape *shape, uint64_t node,
		      struct waiter *ret)
{
	const struct task *owner = tasks_by_stack(kernel->tasks, node);
	uint64_t task;

	if (!owner ||
	    !err_ok(memory_read_u64(kernel->memory, node - shape->list + shape->task, &task)))
		return false;
	if (task ? task != owner->address : !shape->may_be_cleared)
		return false;
	*ret = (struct waiter){node - shape->list, node, task ? owner : NULL, MODE_EXCLUSIVE};
	if (shape->ops->mode)
		ret->mode = shape->ops->mode(kernel, ret->address, owner);
	return true;
}

/* One step of the ring, believed only when the neighbour points back. */
static struct err *step(struct kernel *kernel, uint64_t node, uint64_t *next)
{
	uint64_t back;

	TRY(memory_read_u64(kernel->memory, node, next));
	TRY(memory_read_u64(kernel->memory, *next + 8, &back));
	if (back != node)
		return err_at(ERR_CORRUPT, *next,
			      "wait list is broken: prev is 0x%016llx, not 0x%016llx",
			      (unsigned long long)back, (unsigned long long)node);
	return NULL;
}

/*
 * Collect the ring from start: a waiter's node or, with skip_start, the lock's list_head. It ends
 * back at start (then *head is 0) or at a node that is no waiter's: *head, perhaps the lock's.
 */
static struct err *collect(struct kernel *kernel, const struct shape *shape, uint64_t start,
			   bool skip_start, struct waitlist *list, uint64_t *head)
{
	_map_ struct map seen = {0};
	uint64_t node = start;

	*head = 0;
	if (skip_start)
		TRY(step(kernel, start, &node));
	while (!(skip_start && node == start)) {
		struct waiter waiter;

		if (!map_add(&seen, node, 0)) /* back at start, or in a loop that misses it */
			return node == start ? NULL : err_at(ERR_LOOP, node, "wait list loops");
		if (!is_waiter(kernel, shape, node, &waiter)) {
			*head = node;
			return NULL;
		}
		if (list->count >= WAITLIST_MAX)
			return err_new(ERR_LIMIT, "more than %u waiters", WAITLIST_MAX);
		TRY(waitlist_add(list, waiter));
		TRY(step(kernel, node, &node));
	}
	return NULL;
}

bool waitlist_has(const struct waitlist *list, const struct task *task)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->waiters[i].task == task)
			return true;
	return false;
}

void waitlist_deinit(struct waitlist *list)
{
	free(list->waiters);
	err_free(list->err);
	*list = (struct waitlist){0};
}

static void restart(struct waitlist *list)
{
	list->count = 0;
	free(list->waiters);
	list->waiters = NULL;
}

/* Where the lock's pointer says its first waiter's node is; 0 for an empty list. */
static struct err *first_node(struct kernel *kernel, const struct shape *shape, uint64_t lock,
			      uint64_t *ret)
{
	TRY(memory_read_u64(kernel->memory, lock + shape->lock_list, ret));
	if (!*ret || *ret == lock + shape->lock_list) /* el7's empty slist points at itself */
		*ret = 0;
	else
		*ret += shape->first_bias;
	return NULL;
}

struct err *waitlist_of_lock(struct kernel *kernel, const struct waitlist_ops *ops, uint64_t lock,
			     struct waitlist *ret)
{
	struct shape shape;
	uint64_t head, first = 0;
	struct waitlist list = {.lock = lock};

	TRY(shape_of(kernel, ops, &shape));
	TRY(first_node(kernel, &shape, lock, &first));
	if (first) {
		uint64_t start = shape.has_head ? lock + shape.lock_list : first;

		list.err = collect(kernel, &shape, start, shape.has_head, &list, &head);
		if (!list.err && head)
			list.err = err_at(ERR_CORRUPT, head,
					  "wait list holds a node that is on no waiter's stack");
	}
	if (list.err == &err_nomem) {
		waitlist_deinit(&list);
		return &err_nomem;
	}
	*ret = list;
	return NULL;
}

/* Does the lock at this address own the ring that holds node? */
static bool owns_ring(struct kernel *kernel, const struct waitlist_ops *ops,
		      const struct shape *shape, uint64_t lock, const struct map *nodes)
{
	uint64_t first;

	return err_ok(first_node(kernel, shape, lock, &first)) && first && map_get(nodes, first) &&
	       ops->plausible(kernel, lock, nodes->count);
}

#define LOCK_SEARCH_WORDS 512 /* of the sleeper's stack, from its stack pointer up */

/*
 * A ring without a head says nothing about its lock. The sleeper's stack does: the slow path and
 * its callers keep the lock's address in saved registers; it is the one that points into the ring.
 */
static uint64_t search_lock(struct kernel *kernel, const struct waitlist_ops *ops,
			    const struct shape *shape, const struct sleeper *sleeper,
			    const struct waitlist *list)
{
	_stack_words_ struct stack_words words;
	_map_ struct map nodes = {0};

	for (size_t i = 0; i < list->count; i++)
		map_set(&nodes, list->waiters[i].node, 0);
	stack_words_init(&words, kernel, sleeper, LOCK_SEARCH_WORDS);
	while (stack_words_next(&words))
		if (memory_is_kernel(kernel->memory, words.word) &&
		    owns_ring(kernel, ops, shape, words.word, &nodes))
			return words.word;
	return 0;
}

/* Turn a headless ring so that it begins where its lock points. */
static void rotate(struct kernel *kernel, const struct shape *shape, struct waitlist *list)
{
	uint64_t first;

	if (!err_ok(first_node(kernel, shape, list->lock, &first)))
		return;
	for (size_t i = 1; i < list->count; i++) {
		if (list->waiters[i].node != first)
			continue;
		struct waiter *turned = calloc(list->count, sizeof(*turned));
		if (!turned)
			return;
		for (size_t j = 0; j < list->count; j++)
			turned[j] = list->waiters[(i + j) % list->count];
		free(list->waiters);
		list->waiters = turned;
		return;
	}
}

/* From a waiter's node back to the first of its list, and on to what its prev holds: perhaps the lock's head. */
static bool find_first(struct kernel *kernel, const struct shape *shape, uint64_t *node,
		       uint64_t *head)
{
	struct waiter waiter;
	uint64_t next;

	for (size_t i = 0; i < WAITLIST_MAX; i++, *node = *head) {
		if (!err_ok(memory_read_u64(kernel->memory, *node + 8, head)))
			return false;
		if (!is_waiter(kernel, shape, *head, &waiter))
			return true;
		if (!err_ok(memory_read_u64(kernel->memory, *head, &next)) || next != *node)
			return false;
	}
	return false;
}

/* A list of its own that is in order, and leads to others than these. */
static bool is_head_of_others(struct kernel *kernel, uint64_t head, uint64_t first, uint64_t last)
{
	uint64_t next, prev, back, forth;

	return err_ok(memory_read_u64(kernel->memory, head, &next)) &&
	       err_ok(memory_read_u64(kernel->memory, head + 8, &prev)) && next != first &&
	       prev != last && err_ok(memory_read_u64(kernel->memory, next + 8, &back)) &&
	       back == head && err_ok(memory_read_u64(kernel->memory, prev, &forth)) &&
	       forth == head;
}

/*
 * Waiters that lead to a head on both ends, and the head to none of them: what it is in was initialised while they
 * waited, as by init_completion() where reinit_completion() was meant.
 */
static struct err *resolve_remade(struct kernel *kernel, const struct shape *shape, uint64_t node,
				  struct waitlist *list)
{
	uint64_t head, last, prev;
	struct waiter waiter;

	if (!find_first(kernel, shape, &node, &head))
		return err_at(ERR_NOT_FOUND, node, "wait list leads to no head");
	for (last = head; list->count < WAITLIST_MAX && is_waiter(kernel, shape, node, &waiter);) {
		TRY(memory_read_u64(kernel->memory, node + 8, &prev));
		if (prev != last)
			break;
		TRY(waitlist_add(list, waiter));
		last = node;
		TRY(memory_read_u64(kernel->memory, node, &node));
	}
	if (node != head || !list->count ||
	    !is_head_of_others(kernel, head, list->waiters[0].node, last))
		return err_at(ERR_NOT_FOUND, node, "wait list does not end where it begins");
	list->lock = head - shape->lock_list;
	list->remade = true;
	return NULL;
}

/* A waiter's node is given: find the lock its ring belongs to. */
static struct err *resolve(struct kernel *kernel, const struct waitlist_ops *ops,
			   const struct shape *shape, const struct sleeper *sleeper, uint64_t node,
			   struct waitlist *list)
{
	uint64_t head;
	struct err *err = collect(kernel, shape, node, false, list, &head);

	if (err && err != &err_nomem && ops->may_be_remade && shape->has_head) {
		err_free(err);
		restart(list);
		return resolve_remade(kernel, shape, node, list);
	}
	TRY(take_ptr(err));
	if (shape->has_head) {
		if (!head)
			return err_at(ERR_NOT_FOUND, node, "wait list has no head");
		restart(list);
		list->lock = head - shape->lock_list;
		TRY(collect(kernel, shape, head, true, list, &head));
		if (head || !ops->plausible(kernel, list->lock, list->count))
			return err_at(ERR_NOT_FOUND, list->lock, "no lock of this kind");
		return NULL;
	}
	list->lock = search_lock(kernel, ops, shape, sleeper, list);
	if (!list->lock)
		return err_at(ERR_NOT_FOUND, node, "no lock points to this wait list");
	rotate(kernel, shape, list);
	return NULL;
}

struct err *waitlist_of_sleeper(struct kernel *kernel, const struct waitlist_ops *ops,
				const struct sleeper *sleeper, struct waitlist *ret)
{
	const struct task *task = sleeper->task;
	_stack_words_ struct stack_words words;
	struct shape shape;

	stack_words_init(&words, kernel, sleeper, SIZE_MAX);
	TRY(shape_of(kernel, ops, &shape));
	while (stack_words_next(&words)) {
		struct waitlist list = {0};

		if (words.word != task->address)
			continue;
		uint64_t node = words.at - shape.task + shape.list;
		struct err *err = resolve(kernel, ops, &shape, sleeper, node, &list);
		if (!err) {
			*ret = list;
			return NULL;
		}
		waitlist_deinit(&list);
		if (err == &err_nomem)
			return err;
		err_free(err);
	}
	TRY(take_ptr(words.err));
	return err_at(ERR_NOT_FOUND, task->address,
		      "no waiter structure on the stack of pid %d leads to a lock", task->pid);
}
