/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds a lock, by what the log says of it. */
#include "locks/log_holder.h"

#include <string.h>

#include "finding.h"

#define OWNER 0.9	 /* read by the kernel from the lock itself, a moment before or after */
#define READER 0.6	 /* one of several, of which the lock keeps the last */
#define LISTED 0.85	 /* by lockdep; it may have let go between */
#define LISTED_LAST 0.65 /* the last of its list: it may wait for it as well */
#define SAME_MODULE 0.5

static enum lock_mode holding_mode(const struct log_wait *wait)
{
	return log_wait_is_lock(wait->kind) && wait->mode == MODE_EXCLUSIVE ? MODE_EXCLUSIVE
									    : MODE_UNKNOWN;
}

static bool is_same(const struct report_lock *one, const struct report_lock *other)
{
	/* Before v4.15 no address is listed: locks of a class are not told apart. */
	return one->address == other->address && !strcmp(one->name, other->name);
}

/* A task that waits for the lock lists it too. */
static bool waits_for(const struct sleepers *sleepers, const struct shown *shown,
		      const struct shown_lock *entry)
{
	struct log_wait wait;

	return entry->last && log_wait_of(sleepers, shown, entry->task, &wait) &&
	       wait.lock == &entry->lock;
}

#define HOLDERS_MAX 32

static void add_listed(const struct sleepers *sleepers, const struct shown *shown,
		       const struct log_wait *wait, struct lock *lock)
{
	for (size_t i = 0; i < shown->lock_count && lock->holder_count < HOLDERS_MAX; i++) {
		const struct shown_lock *entry = &shown->locks[i];

		if (entry->list != entry->task->list || !is_same(&entry->lock, wait->lock) ||
		    waits_for(sleepers, shown, entry) || entry->task == wait->holder)
			continue;
		bool sure = wait->lock->address && (!entry->last || entry->task->stack);

		lock_add_holder(lock, &entry->task->task, holding_mode(wait), EVIDENCE_LOG,
				sure ? LISTED : LISTED_LAST, "lockdep lists it among its locks");
	}
}

/* Does the task sleep in this module, for something else than a lock? */
static bool sleeps_within(const struct sleepers *sleepers, const struct shown *shown,
			  const struct shown_task *task, const char *module)
{
	struct log_wait wait;

	if (!task->stack || !log_wait_of(sleepers, shown, task, &wait) ||
	    log_wait_is_lock(wait.kind))
		return false;
	for (size_t i = 0; i < task->stack->count; i++)
		if (!strcmp(task->stack->frames[i].place.module, module))
			return true;
	return false;
}

static void guess(const struct sleepers *sleepers, const struct shown *shown,
		  const struct log_wait *wait, struct lock *lock)
{
	const struct shown_task *found = NULL;

	if (!wait->module[0] || !log_wait_is_lock(wait->kind))
		return;
	for (size_t i = 0; i < shown->task_count; i++) {
		if (!sleeps_within(sleepers, shown, &shown->tasks[i], wait->module))
			continue;
		if (found)
			return;
		found = &shown->tasks[i];
	}
	if (found)
		lock_add_holder(lock, &found->task, holding_mode(wait), EVIDENCE_INFERRED,
				SAME_MODULE,
				"of all blocked tasks it alone sleeps in [%s] for something that "
				"is no lock",
				wait->module);
}

void log_holder_find(const struct sleepers *sleepers, const struct shown *shown,
		     const struct log_wait *wait, struct lock *lock)
{
	if (wait->holder)
		lock_add_holder(lock, &wait->holder->task,
				wait->task->by_reader ? MODE_READ : holding_mode(wait),
				EVIDENCE_LOG, wait->task->by_reader ? READER : OWNER,
				"the kernel's report names it as the likely owner");
	if (wait->lock)
		add_listed(sleepers, shown, wait, lock);
	if (!lock->holder_count)
		guess(sleepers, shown, wait, lock);
	if (!lock->holder_count)
		lock_add_holder(lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
				"the log does not say who is to end this wait");
}
