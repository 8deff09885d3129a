/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks blocked on a mutex; its owner and waiters in order.
 * Needs: symbols, types, tasks, stacks.
 * False positives: a mutex whose owner word is being handed over names the next owner.
 * Kernel commits: 3ca0ff571b09 v4.10 owner and flags in one atomic_long_t; before it, count 1 is
 *   free, 0 locked, less than 0 locked with waiters, and owner a task (thread_info until v3.0).
 */
#include <inttypes.h>

#include "analysis.h"
#include "kernel/tasks/tasks.h"
#include "kernel/tasks/task_label.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "locks/critical_section.h"
#include "locks/lock_class.h"
#include "locks/owner_died.h"
#include "locks/owner_task.h"

/* kernel/locking/mutex.c: MUTEX_FLAG_WAITERS, _HANDOFF, _PICKUP */
#define FLAG_WAITERS 1ull
#define FLAG_HANDOFF 2ull
#define FLAG_PICKUP 4ull
#define OWNER_FLAGS (FLAG_WAITERS | FLAG_HANDOFF | FLAG_PICKUP)

static bool has_count(struct kernel *kernel)
{
	return members_has(kernel->members, MEMBER_MUTEX_COUNT);
}

static const struct task *read_owner(struct kernel *kernel, uint64_t lock, uint64_t *word)
{
	if (!err_ok(member_read(kernel, lock, MEMBER_MUTEX_OWNER, word)))
		return NULL;
	if (!has_count(kernel))
		return owner_task(kernel, *word, OWNER_FLAGS);
	const struct task *task = tasks_find(kernel->tasks, *word);
	/* owner was a thread_info, at the bottom of its task's stack: 0d66bf6d3514 v2.6.29 … v3.1 */
	return task ? task : tasks_by_stack(kernel->tasks, *word);
}

static bool plausible(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	uint64_t owner;
	int64_t count;

	if (has_count(kernel))
		return err_ok(member_read_signed(kernel, lock, MEMBER_MUTEX_COUNT, &count)) &&
		       count <= 1 && count > -(1 << 24);
	return err_ok(member_read(kernel, lock, MEMBER_MUTEX_OWNER, &owner)) &&
	       (owner & FLAG_WAITERS || !waiters) &&
	       (!(owner & ~OWNER_FLAGS) || owner_task(kernel, owner, OWNER_FLAGS));
}

static const struct waitlist_ops mutex_ops = {
	.waiter_list = MEMBER_MUTEX_WAITER_LIST,
	.waiter_task = MEMBER_MUTEX_WAITER_TASK,
	.lock_list = MEMBER_MUTEX_WAITERS,
	.plausible = plausible,
};

/* unlock wakes the first waiter, which takes the mutex when it gets a CPU. */
static const struct task *woken_waiter(const struct waitlist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct task *task = list->waiters[i].task;

		if (task && (task->state == 'R' || task->on_cpu >= 0))
			return task;
	}
	return NULL;
}

static void add_no_owner(const struct waitlist *list, uint64_t word, struct lock *lock)
{
	const struct task *next = word & ~OWNER_FLAGS ? NULL : woken_waiter(list);

	if (next)
		lock_add_holder(lock, next, MODE_EXCLUSIVE, EVIDENCE_INFERRED, 0.7,
				"the mutex is free, and this waiter has been woken to take it");
	else
		lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
				word & ~OWNER_FLAGS ? "the owner word points to no task"
						    : "the mutex has no owner at this moment");
}

static void add_owner(const struct task *owner, bool handoff, const struct owner_died *died,
		      struct lock *lock)
{
	double doubt = died->doubt;
	_str_ struct str label = {0};

	task_label(owner, &label);
	lock_add_holder(lock, owner, MODE_EXCLUSIVE,
			doubt < 1 ? EVIDENCE_INFERRED : EVIDENCE_PROVEN, doubt,
			"the mutex's owner field names it%s%s",
			handoff ? " (hand-off to the first waiter is set)" : "", owner_doubt(died));
	if (died->left)
		lock_holder_left(lock);
	lock->confidence = doubt;
	str_printf(&lock->state, "locked by %s, %zu waiting", label.data, lock->waiter_count);
	str_printf(&lock->headline, "%s: mutex held by %s, %zu waiting", lock_display_name(lock),
		   label.data, lock->waiter_count);
}

/*
 * A mutex that others got before the first waiter twice is handed to it: it is the owner before it runs, and among
 * the waiters as long (MUTEX_FLAG_PICKUP, 9d659ae14b54 (v4.10)).
 */
static bool is_handed_over(struct kernel *kernel, const struct waitlist *list,
			   const struct task *owner, uint64_t word)
{
	return owner && !has_count(kernel) && word & FLAG_PICKUP && waitlist_has(list, owner);
}

static void add_next(const struct task *next, struct lock *lock)
{
	bool woken = next->state == 'R' || next->on_cpu >= 0;
	_str_ struct str label = {0};

	task_label(next, &label);
	lock_add_holder(lock, woken ? next : NULL, MODE_EXCLUSIVE,
			woken ? EVIDENCE_PROVEN : EVIDENCE_MISSING, woken ? 0.9 : 0,
			"the mutex was handed to %s, the first waiter, which has not run since",
			label.data);
	lock->confidence = 0.9;
	str_printf(&lock->state, "handed to %s, %zu waiting", label.data, lock->waiter_count);
	str_printf(&lock->headline, "%s: mutex handed to %s, %zu waiting", lock_display_name(lock),
		   label.data, lock->waiter_count);
}

static void add_nobody(const struct waitlist *list, uint64_t word, struct lock *lock)
{
	add_no_owner(list, word, lock);
	str_printf(&lock->state, "no owner, %zu waiting", list->count);
	str_printf(&lock->headline, "%s: mutex without an owner, %zu waiting",
		   lock_display_name(lock), list->count);
	lock->confidence = 0.7;
}

static struct err *describe(struct analysis *analysis, const struct waitlist *list,
			    struct lock *lock)
{
	struct kernel *kernel = analysis->kernel;
	struct owner_died died;
	uint64_t word = 0;
	const struct task *owner = read_owner(kernel, list->lock, &word);

	lock_set_raw(lock, word);
	if (is_handed_over(kernel, list, owner, word)) {
		add_next(owner, lock);
		return NULL;
	}
	TRY(owner_died_find(analysis, list, critical_section_mutex, owner, &died));
	if (died.task)
		owner_died_add(lock, &died, MODE_EXCLUSIVE);
	else if (owner)
		add_owner(owner, !has_count(kernel) && word & FLAG_HANDOFF, &died, lock);
	else
		add_nobody(list, word, lock);
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	static const struct lock_class class = {
		.finding = FINDING_LOCK_MUTEX,
		.kind = LOCK_MUTEX,
		.waits = 1u << WAIT_MUTEX,
		.ops = &mutex_ops,
		.describe = describe,
	};

	return lock_class_report(analysis, &class);
}

const struct analyzer mutex_analyzer = {
	.name = "mutex",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
