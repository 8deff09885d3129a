/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks that wait for a completion; for flush_work(), the kworker that runs the work,
 *   for flush_workqueue(), those that run the queue's.
 * Needs: symbols, types, tasks, stacks.
 * False positives: who will call complete() is not recorded, so that edge is missing, but for work
 *   items (the waiter's barrier stands in the kworker's own list), for the end of a kernel thread, for
 *   who waits for a call of its own or for its child in vfork(), and where the structure with the completion
 *   names a thread, which is inferred to owe it.
 * Kernel commits: a5c6234e1028 v5.7 completions on simple wait queues.
 */
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/tasks/tasks.h"
#include "kernel/tasks/task_label.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"
#include "locks/completion_thread.h"
#include "locks/flushed_queue.h"
#include "locks/lock_class.h"
#include "locks/own_user.h"
#include "locks/user_helper.h"
#include "locks/vfork_child.h"
#include "locks/work_function.h"

static bool plausible(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	uint64_t done;

	(void)waiters;
	return err_ok(member_read(kernel, lock, MEMBER_COMPLETION_DONE, &done)) &&
	       (uint32_t)done == 0;
}

static const struct waitlist_ops simple_ops = {
	.waiter_list = MEMBER_SWAIT_LIST,
	.waiter_task = MEMBER_SWAIT_TASK,
	.lock_list = MEMBER_COMPLETION_WAITERS,
	.may_be_remade = true,
	.plausible = plausible,
};

static const struct waitlist_ops full_ops = {
	.waiter_list = MEMBER_WAIT_ENTRY_LIST,
	.waiter_task = MEMBER_WAIT_ENTRY_TASK,
	.lock_list = MEMBER_COMPLETION_WAITERS,
	.may_be_remade = true,
	.plausible = plausible,
};

#define SCHEDULED_MAX 4096 /* works queued behind the running one in worker->scheduled */

/*
 * insert_wq_barrier() (kernel/workqueue.c) queues the barrier in the list of the worker that runs
 * the flushed work: follow the barrier's entry to the list's head, which lies in struct worker.
 */
static const struct task *flushed_worker(struct kernel *kernel, uint64_t completion,
					 uint64_t *worker)
{
	const struct member *done = members_get(kernel->members, MEMBER_WQ_BARRIER_DONE);
	const struct member *entry = members_get(kernel->members, MEMBER_WQ_BARRIER_ENTRY);
	const struct member *scheduled = members_get(kernel->members, MEMBER_WORKER_SCHEDULED);
	_list_walk_ struct list_walk walk = {0};

	if (!done || !entry || !scheduled)
		return NULL;
	uint64_t barrier = completion - member_offset(done);
	list_walk_init(&walk, kernel, barrier + member_offset(entry), SCHEDULED_MAX);
	while (list_walk_next(&walk)) {
		uint64_t task;

		*worker = walk.node - member_offset(scheduled);
		if (!err_ok(member_read(kernel, *worker, MEMBER_WORKER_TASK, &task)))
			continue;
		const struct task *found = tasks_find(kernel->tasks, task);
		if (found && found->kthread)
			return found;
	}
	return NULL;
}

/* The completion is a work item's: it lies in a wq_barrier, and its kworker is to complete it. */
static void set_place(struct kernel *kernel, const char *function, struct lock *lock)
{
	const struct member *done = members_get(kernel->members, MEMBER_WQ_BARRIER_DONE);
	struct lock_place *place = &lock->place;

	lock->work_item = true;
	snprintf(place->name, sizeof(place->name), "work item %s", function);
	copy_string(place->type, sizeof(place->type), "wq_barrier");
	copy_string(place->member, sizeof(place->member), "done");
	copy_string(place->why, sizeof(place->why),
		    "its entry is in the list of the worker that runs the work");
	place->object = lock->address - member_offset(done);
	place->evidence = EVIDENCE_PROVEN;
}

static void add_worker(struct kernel *kernel, const struct task *task, uint64_t worker,
		       struct lock *lock)
{
	char function[WORK_FUNCTION_SIZE];
	uint64_t func;

	if (!err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_FUNC, &func)))
		func = 0;
	work_function_name(kernel, func, function, sizeof(function));
	lock_add_holder(lock, task, MODE_EXCLUSIVE, EVIDENCE_PROVEN, 1.0,
			"this kworker runs %s, and the waiter's barrier is queued behind it",
			function);
	set_place(kernel, function, lock);
	str_puts(&lock->state, "not finished");
	str_printf(&lock->headline, "work item %s, run by ", function);
	task_label(task, &lock->headline);
}

/* The one who waits is in what is waited for. */
static bool add_own_user(struct kernel *kernel, const struct waitlist *list, struct lock *lock)
{
	const struct sleeper *sleeper =
		list->count ? sleepers_find(kernel->sleepers, list->waiters[0].task) : NULL;

	if (!sleeper ||
	    !own_user_find(kernel->sleepers, sleeper, lock->place.name, sizeof(lock->place.name)))
		return false;
	lock_add_holder(lock, sleeper->task, MODE_EXCLUSIVE, EVIDENCE_INFERRED, OWN_USER_SURE,
			"its own call is one of those whose end it waits for");
	return true;
}

/* The completion is on the stack of one who waits in vfork(). */
static bool add_child(struct kernel *kernel, const struct waitlist *list, struct lock *lock)
{
	const struct sleeper *sleeper =
		list->count ? sleepers_find(kernel->sleepers, list->waiters[0].task) : NULL;

	return sleeper && vfork_child_add(kernel, sleeper, lock);
}

/* The completion is the end of a program of user space: nobody of the kernel owes it. */
static bool name_program(struct kernel *kernel, const struct waitlist *list, struct lock *lock)
{
	const struct sleeper *sleeper =
		list->count ? sleepers_find(kernel->sleepers, list->waiters[0].task) : NULL;

	if (!sleeper || !user_helper_name(kernel, sleeper, lock))
		return false;
	lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
			"it comes when the program ends");
	return true;
}

#define REMADE_SURE                                                                                \
	0.85 /* the links are read; that it was an initialisation is what does such a thing */

/* complete() does not find them any more. */
static void describe_remade(const struct waitlist *list, struct lock *lock)
{
	const char *name = lock_display_name(lock);

	lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
			"its wait queue leads to none of the waiters: nobody can wake them");
	str_printf(&lock->because, "%s was initialised again while ", name);
	task_label(list->waiters[0].task, &lock->because);
	str_puts(&lock->because, " waited");
	str_printf(&lock->state, "initialised again, %zu waiting", list->count);
	str_printf(&lock->headline, "%s", lock->because.data ? lock->because.data : name);
	lock->confidence = REMADE_SURE;
}

static struct err *describe(struct analysis *analysis, const struct waitlist *list,
			    struct lock *lock)
{
	struct kernel *kernel = analysis->kernel;
	uint64_t worker;

	if (list->remade) {
		describe_remade(list, lock);
		return NULL;
	}
	const struct task *task = flushed_worker(kernel, list->lock, &worker);

	if (task) {
		add_worker(kernel, task, worker, lock);
		return NULL;
	}
	if (!name_program(kernel, list, lock) && !add_child(kernel, list, lock) &&
	    !flushed_queue_add(kernel, lock) && !add_own_user(kernel, list, lock) &&
	    !completion_thread_add(kernel, lock))
		lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
				"a completion does not record who is to complete it");
	lock->confidence = 0.9;
	str_printf(&lock->state, "not completed, %zu waiting", list->count);
	str_printf(&lock->headline, "%s: completion that has not come, %zu waiting",
		   lock_display_name(lock), list->count);
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	struct members *members = analysis->kernel->members;
	/* Simple wait queues are there since v4.6, spinlocks had a raw_lock of their own until v2.6.33. */
	bool simple = members_have(members, MEMBER_COMPLETION_SWAIT, MEMBER_SWAIT_LIST);
	const struct lock_class class = {
		.finding = FINDING_LOCK_COMPLETION,
		.kind = LOCK_COMPLETION,
		.waits = 1u << WAIT_COMPLETION | 1u << WAIT_WORK,
		.ops = simple ? &simple_ops : &full_ops,
		.describe = describe,
	};

	return lock_class_report(analysis, &class);
}

const struct analyzer completion_analyzer = {
	.name = "completion",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
