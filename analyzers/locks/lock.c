/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks as facts: their life, their parts and what they are called. */
#include "locks/lock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "kernel/tasks/tasks.h"

const char *lock_kind_name(enum lock_kind kind)
{
	static const char *const names[] = {
#define LOCK_KIND(id, name) [LOCK_##id] = name,
#include "locks/lock_kinds.def"
#undef LOCK_KIND
	};

	return names[kind];
}

const char *lock_mode_name(enum lock_mode mode)
{
	static const char *const names[] = {NULL, "read", "write", "exclusive"};

	return names[mode];
}

struct lock *lock_new(enum lock_kind kind, uint64_t address)
{
	struct lock *lock = malloc(sizeof(*lock));

	if (lock)
		*lock = (struct lock){
			.kind = kind, .address = address, .listed = -1, .confidence = 1};
	return lock;
}

void lock_free(struct lock *lock)
{
	if (!lock)
		return;
	for (size_t i = 0; i < lock->holder_count; i++)
		free(lock->holders[i].why);
	free(lock->holders);
	free(lock->ahead.why);
	free(lock->waiters);
	str_deinit(&lock->state);
	str_deinit(&lock->because);
	str_deinit(&lock->note);
	str_deinit(&lock->headline);
	free(lock);
}

void lock_add_holder(struct lock *lock, const struct task *task, enum lock_mode mode,
		     const char *evidence, double confidence, const char *why, ...)
{
	struct lock_holder holder = {
		.task = task, .mode = mode, .evidence = evidence, .confidence = confidence};
	va_list args;

	va_start(args, why);
	if (vasprintf(&holder.why, why, args) < 0)
		holder.why = NULL;
	va_end(args);
	if (!holder.why || !array_grow(lock->holders, lock->holder_count)) {
		free(holder.why);
		return;
	}
	lock->holders[lock->holder_count++] = holder;
}

void lock_set_ahead(struct lock *lock, size_t at, const char *evidence)
{
	char *why = strdup("it stands before them in the queue, and no reader passes a writer");

	if (!why)
		return;
	free(lock->ahead.why);
	lock->ahead_at = at;
	lock->ahead = (struct lock_holder){.task = lock->waiters[at].task,
					   .mode = MODE_WRITE,
					   .evidence = evidence,
					   .confidence = 1,
					   .why = why};
}

void lock_add_waiter(struct lock *lock, const struct lock_waiter *waiter)
{
	if (array_grow(lock->waiters, lock->waiter_count))
		lock->waiters[lock->waiter_count++] = *waiter;
}

void lock_add_sleeper(struct lock *lock, const struct task *task, enum lock_mode mode,
		      int64_t position, uint64_t node)
{
	lock_add_waiter(lock, &(struct lock_waiter){.task = task,
						    .mode = mode,
						    .position = position,
						    .node = node,
						    .ticket = -1,
						    .cpu = -1});
}

const char *lock_display_name(const struct lock *lock)
{
	return lock->place.name[0] ? lock->place.name : lock_kind_name(lock->kind);
}

const char *lock_holding_word(const struct lock *lock)
{
	if (lock->kind == LOCK_CPU_CALL)
		return "owed by";
	if (lock->kind == LOCK_CALLBACK)
		return "run by";
	if (lock->kind != LOCK_COMPLETION)
		return "held by";
	return lock->work_item ? "run by" : "owed by";
}

const struct task *lock_owner(const struct tasks *tasks, uint64_t word, uint64_t flags)
{
	return tasks_find(tasks, word & ~flags);
}

uint64_t lock_object(const struct lock *lock)
{
	const struct lock_place *place = &lock->place;

	if (place->object)
		return place->object;
	return place->owner.kind == OWNER_SLAB ? place->owner.start : 0;
}

struct err *locks_add(struct locks *locks, struct lock *lock)
{
	if (!array_grow(locks->list, locks->count)) {
		lock_free(lock);
		return &err_nomem;
	}
	locks->list[locks->count++] = lock;
	return NULL;
}

void locks_deinit(struct locks *locks)
{
	for (size_t i = 0; i < locks->count; i++)
		lock_free(locks->list[i]);
	free(locks->list);
	*locks = (struct locks){0};
}
