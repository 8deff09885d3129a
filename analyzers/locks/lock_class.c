/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the sleepers of one kind of lock to their locks, each lock once. */
#include "locks/lock_class.h"

#include "base/hash.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "locks/lock_report.h"

static struct err *report_lock(struct analysis *analysis, const struct lock_class *class,
			       const struct waitlist *list)
{
	_cleanup_(cleanup_lock_free) struct lock *lock = NULL;

	TRY(lock_report_new(analysis->kernel, class->kind, list->lock, &lock));
	lock_report_waiters(lock, list);
	TRY(class->describe(analysis, list, lock));
	return lock_report(analysis, take_ptr(lock), class->finding, SEVERITY_WARNING);
}

/* A sleeper whose lock could not be reached is still a wait, with its holder missing. */
static struct err *report_unknown(struct analysis *analysis, const struct lock_class *class,
				  const struct sleeper *sleeper, const char *why)
{
	struct lock *lock;

	TRY(lock_report_new(analysis->kernel, class->kind, 0, &lock));
	lock_add_sleeper(lock, sleeper->task, sleeper->mode, 0, 0);
	lock->confidence = 0.5;
	str_printf(&lock->state, "the lock was not found: %s", why);
	task_label(sleeper->task, &lock->headline);
	str_printf(&lock->headline, " waits for a %s that was not found", sleeper->what);
	return lock_report(analysis, lock, FINDING_LOCK_OTHER, SEVERITY_NOTICE);
}

/* Tasks that wait for this lock by their own record, and are not in the list as it was read. */
static struct err *add_blocked(const struct lock_class *class, const struct sleepers *sleepers,
			       struct waitlist *list)
{
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];

		if (sleeper->lock != list->lock || !(class->waits >> sleeper->kind & 1) ||
		    waitlist_has(list, sleeper->task))
			continue;
		TRY(waitlist_add(list,
				 (struct waiter){.task = sleeper->task, .mode = sleeper->mode}));
	}
	return NULL;
}

/*
 * By what the task's own record, or its stack, says the lock is; its list as far as it can be read, where
 * it has one.
 */
static struct err *find_by_address(struct kernel *kernel, const struct lock_class *class,
				   const struct sleepers *sleepers, uint64_t lock,
				   struct waitlist *list)
{
	if (members_has(kernel->members, class->ops->lock_list))
		TRY(waitlist_of_lock(kernel, class->ops, lock, list));
	else
		list->lock = lock;
	TRY(add_blocked(class, sleepers, list));
	if (!class->ops->plausible(kernel, list->lock, list->count))
		return err_at(ERR_CORRUPT, list->lock,
			      "no lock where the task says it waits for one");
	return NULL;
}

/*
 * The waiter structure on the sleeper's stack leads to the wait list and the lock. Where the dump
 * lacks it, the task's own record names the lock.
 */
static struct err *find_waiters(struct kernel *kernel, const struct lock_class *class,
				const struct sleepers *sleepers, const struct sleeper *sleeper,
				struct waitlist *list)
{
	struct err *err = waitlist_of_sleeper(kernel, class->ops, sleeper, list);

	if (err && err != &err_nomem) {
		uint64_t lock = sleeper->lock ? sleeper->lock
				: class->find ? class->find(kernel, sleeper)
					      : 0;

		if (!lock)
			return err;
		err_free(err);
		err = find_by_address(kernel, class, sleepers, lock, list);
	}
	if (!err && class->complete)
		err = class->complete(kernel, list);
	return err;
}

static bool is_looked_at(const struct lock_class *class, const struct sleeper *sleeper)
{
	return class->waits >> sleeper->kind & 1;
}

struct err *lock_class_report(struct analysis *analysis, const struct lock_class *class)
{
	_map_ struct map placed = {0}; /* tasks whose lock has been reported */
	struct kernel *kernel = analysis->kernel;
	struct sleepers *sleepers;

	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];
		_waitlist_ struct waitlist list = {0};

		if (!is_looked_at(class, sleeper) || map_get(&placed, sleeper->task->address))
			continue;
		_err_ struct err *err = find_waiters(kernel, class, sleepers, sleeper, &list);
		if (err == &err_nomem)
			return take_ptr(err);
		if (err) {
			TRY(report_unknown(analysis, class, sleeper, err->message));
			continue;
		}
		for (size_t j = 0; j < list.count; j++)
			if (list.waiters[j].task)
				map_set(&placed, list.waiters[j].task->address, 0);
		TRY(report_lock(analysis, class, &list));
	}
	return NULL;
}
