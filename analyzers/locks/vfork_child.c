/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parent in vfork() waits on a completion of its own stack until the child, which has its memory, executes a program
 * or ends. The child leads there: task_struct.vfork_done (include/linux/sched.h).
 */
#include "locks/vfork_child.h"

#include "base/str.h"
#include "finding.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

/* Into which wait_for_vfork_done() is inlined. cad6967ac108 v5.10 kernel_clone(), 3033f14ab78c v4.2 _do_fork() */
static bool waits_in_vfork(const struct sleeper *sleeper)
{
	return sleeper_call(sleeper, "kernel_clone") || sleeper_call(sleeper, "_do_fork") ||
	       sleeper_call(sleeper, "do_fork") || sleeper_call(sleeper, "wait_for_vfork_done");
}

static const struct task *find_child(struct kernel *kernel, uint64_t completion)
{
	uint64_t done;

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (!task->kthread &&
		    err_ok(member_read(kernel, task->address, MEMBER_TASK_VFORK_DONE, &done)) &&
		    done == completion)
			return task;
	}
	return NULL;
}

bool vfork_child_add(struct kernel *kernel, const struct sleeper *sleeper, struct lock *lock)
{
	const struct task *child =
		members_has(kernel->members, MEMBER_TASK_VFORK_DONE) && waits_in_vfork(sleeper)
			? find_child(kernel, lock->address)
			: NULL;

	if (!child)
		return false;
	lock_add_holder(lock, child, MODE_EXCLUSIVE, EVIDENCE_PROVEN, 1.0,
			"its vfork_done leads to the completion, which comes when it executes a "
			"program or ends");
	copy_string(lock->place.name, sizeof(lock->place.name), "the exec or end of a vfork child");
	return true;
}
