/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: frozen file systems, and those being frozen, whose writers wait in a queue and for no lock:
 *   which file system, who waits, who freezes it.
 * Needs: symbols, types, tasks, stacks.
 * False positives: a freeze that was about to end, as of a backup. Who froze it has gone on, and is not known;
 *   who is at it is told by his stack.
 * Kernel commits: 5accdf82ba25 v3.6 s_writers, with counters and queues; 8129ed29644b v4.4 percpu_rw_semaphores in
 *   their place (percpu_rwsem.c), the queue stays for get_super_thawed().
 */
#include "analysis.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/str.h"
#include "kernel/locking/stack_words.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "locks/device.h"
#include "locks/frozen_fs.h"
#include "locks/lock_report.h"

/* The waiters' queue is in the super block itself: that is what the list leads to. */
static bool is_frozen(struct kernel *kernel, uint64_t super_block, size_t waiters)
{
	return waiters && frozen_fs_state_of(kernel, super_block) != SB_UNFROZEN;
}

static const struct waitlist_ops thaw_ops = {
	.waiter_list = MEMBER_WAIT_ENTRY_LIST,
	.waiter_task = MEMBER_WAIT_ENTRY_TASK,
	.lock_list = MEMBER_SB_THAW_WAITERS,
	.plausible = is_frozen,
};

static void place(struct kernel *kernel, uint64_t super_block, struct lock_place *ret)
{
	char name[80] = "a file system";

	device_super_block_name(kernel, super_block, name, sizeof(name));
	copy_string(ret->type, sizeof(ret->type), "super_block");
	copy_string(ret->member, sizeof(ret->member), "s_writers");
	ret->object = super_block;
	ret->evidence = EVIDENCE_PROVEN;
	copy_string(ret->why, sizeof(ret->why), "the waiters' queue leads to it");
	snprintf(ret->name, sizeof(ret->name), "s_writers of %s", name);
}

static bool has_on_stack(struct kernel *kernel, const struct sleeper *sleeper, uint64_t address)
{
	_stack_words_ struct stack_words words;

	stack_words_init(&words, kernel, sleeper, SIZE_MAX);
	while (stack_words_next(&words))
		if (words.word == address)
			return true;
	return false;
}

/* Who is in freeze_super() with this super block in hand. */
static const struct task *find_freezer(struct kernel *kernel, uint64_t super_block)
{
	for (size_t i = 0; i < kernel->sleepers->count; i++) {
		const struct sleeper *sleeper = &kernel->sleepers->list[i];

		if (sleeper_call(sleeper, "freeze_super") &&
		    has_on_stack(kernel, sleeper, super_block))
			return sleeper->task;
	}
	return NULL;
}

#define FREEZES 0.9

static void describe_freezing(struct kernel *kernel, const struct waitlist *list, struct lock *lock)
{
	const struct task *freezer = find_freezer(kernel, list->lock);

	frozen_fs_name(kernel, lock, &lock->because);
	str_puts(&lock->because, freezer ? ", which " : " is being frozen");
	if (freezer) {
		task_label(freezer, &lock->because);
		str_puts(&lock->because, " freezes");
		lock_add_holder(lock, freezer, MODE_WRITE, EVIDENCE_INFERRED, FREEZES,
				"it is in freeze_super(), with this super block on its stack");
	} else {
		lock_add_holder(lock, NULL, MODE_WRITE, EVIDENCE_MISSING, 0,
				"its file system is being frozen, and no stack shows by whom");
	}
	str_printf(&lock->state, "being frozen, %zu waiting", list->count);
	str_printf(&lock->headline, "%s, %zu task%s wait%s to write", lock->because.data,
		   list->count, list->count == 1 ? "" : "s", list->count == 1 ? "s" : "");
}

static struct err *report(struct analysis *analysis, const struct waitlist *list)
{
	_cleanup_(cleanup_lock_free) struct lock *lock = NULL;
	struct kernel *kernel = analysis->kernel;

	TRY(lock_report_new(kernel, LOCK_OTHER, list->lock, &lock));
	place(kernel, list->lock, &lock->place);
	lock_report_waiters(lock, list);
	lock->confidence = 0.9;
	if (frozen_fs_state_of(kernel, list->lock) == SB_FREEZE_COMPLETE)
		frozen_fs_describe(kernel, list, lock);
	else
		describe_freezing(kernel, list, lock);
	return lock_report(analysis, take_ptr(lock), FINDING_LOCK_OTHER, SEVERITY_WARNING);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	_map_ struct map seen = {0}; /* file systems */
	struct sleepers *sleepers;

	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		_waitlist_ struct waitlist list = {0};

		if (sleepers->list[i].kind != WAIT_THAW)
			continue;
		/* Where the queue is not found, other_wait.c tells of the wait alone. */
		_err_ struct err *err =
			waitlist_of_sleeper(kernel, &thaw_ops, &sleepers->list[i], &list);
		if (err == &err_nomem)
			return take_ptr(err);
		if (!err && map_add(&seen, list.lock, 0))
			TRY(report(analysis, &list));
	}
	return NULL;
}

const struct analyzer thaw_analyzer = {
	.name = "thaw",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
