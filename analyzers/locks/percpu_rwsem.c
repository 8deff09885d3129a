/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks blocked on a percpu_rw_semaphore (cgroup_threadgroup_rwsem, cpu_hotplug_lock …).
 * Needs: symbols, types, tasks, stacks.
 * False positives: none for waiters. Its readers are only counted per CPU, and a writer that is in
 *   is not recorded: holders are inferred, or the writer that drains readers is named.
 * Kernel commits: 7f26482a872c v5.7 its own wait queue and block flag in place of an rwsem.
 */
#include <inttypes.h>

#include "analysis.h"
#include "kernel/tasks/task.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "locks/lock_class.h"
#include "locks/lock_holders.h"

static bool plausible(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	uint64_t block;

	(void)waiters;
	return err_ok(member_read(kernel, lock, MEMBER_PERCPU_RWSEM_BLOCK, &block)) &&
	       (uint32_t)block <= 1;
}

/* The wait entry keeps no mode we need types for: the waiter's own stack says it. */
static enum lock_mode waiter_mode(struct kernel *kernel, uint64_t waiter, const struct task *task)
{
	const struct sleeper *sleeper = sleepers_find(kernel->sleepers, task);

	(void)waiter;
	return sleeper ? sleeper->mode : MODE_UNKNOWN;
}

static const struct waitlist_ops percpu_rwsem_ops = {
	.waiter_list = MEMBER_WAIT_ENTRY_LIST,
	.waiter_task = MEMBER_WAIT_ENTRY_TASK,
	.lock_list = MEMBER_PERCPU_RWSEM_WAITERS,
	.plausible = plausible,
	.mode = waiter_mode,
};

static struct err *describe(struct kernel *kernel, const struct waitlist *list, struct lock *lock)
{
	uint64_t block, writer = 0;
	size_t suspects = 0;

	TRY(member_read(kernel, list->lock, MEMBER_PERCPU_RWSEM_BLOCK, &block));
	bool draining =
		err_ok(member_read(kernel, list->lock, MEMBER_PERCPU_RWSEM_WRITER, &writer)) &&
		writer;
	const struct task *task = draining ? lock_owner(kernel->tasks, writer, 0) : NULL;

	lock_set_raw(lock, (uint32_t)block);
	str_printf(&lock->state, "%s, %zu waiting",
		   !(uint32_t)block ? "readers allowed"
		   : task	    ? "a writer waits for the readers inside to leave"
				    : "held for write",
		   list->count);
	if (task)
		lock_add_holder(lock, task, MODE_WRITE, EVIDENCE_PROVEN, 1.0,
				"it has shut readers out and waits for those inside to leave");
	else
		TRY(lock_holders_infer(kernel, list, lock, NULL, &suspects));
	if (!task && !suspects)
		lock_add_holder(lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
				"the lock records no holder, and no stack shows one");
	lock->confidence = task ? 1.0 : 0.6;
	str_printf(&lock->headline, "%s: percpu_rwsem %s, %zu waiting", lock_display_name(lock),
		   (uint32_t)block ? "closed by a writer" : "open", list->count);
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	static const struct lock_class class = {
		.finding = FINDING_LOCK_PERCPU_RWSEM,
		.kind = LOCK_PERCPU_RWSEM,
		.waits = 1u << WAIT_PERCPU_RWSEM,
		.ops = &percpu_rwsem_ops,
		.describe = describe,
	};

	return lock_class_report(analysis, &class);
}

const struct analyzer percpu_rwsem_analyzer = {
	.name = "percpu_rwsem",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
