/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel thread that is to complete what others wait for. */
#include "locks/completion_thread.h"

#include <stdio.h>

#include "finding.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/* Among the members of the structure with the completion; it is there to do what is waited for. */
static const struct task *named_thread(struct kernel *kernel, const struct lock *lock,
				       const char **member)
{
	static const char *const members[] = {"thread", "task", "kthread", "tsk"};
	struct type type = types_find_struct(kernel->types, lock->place.type);
	uint64_t address;

	for (size_t i = 0;
	     lock->place.object && type.kind == TYPE_STRUCT && i < ARRAY_SIZE(members); i++) {
		if (!err_ok(object_read(kernel, type, lock->place.object, members[i], &address)))
			continue;
		const struct task *task = tasks_find(kernel->tasks, address);
		*member = members[i];
		if (task && task->kthread)
			return task;
	}
	return NULL;
}

/* What stands for the end, or the halt, of a thread is in the structure that each kernel thread has (struct kthread). */
static const struct task *own_completion(struct kernel *kernel, enum member_id which,
					 uint64_t completion)
{
	const struct member *member = members_get(kernel->members, which);
	uint64_t own;

	for (size_t i = 0; member && i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (task->kthread &&
		    err_ok(member_read(kernel, task->address, MEMBER_TASK_KTHREAD, &own)) && own &&
		    own + member_offset(member) == completion)
			return task;
	}
	return NULL;
}

#define BY_MEMBER 0.8 /* it may wait for others in its turn to do so */

static bool add_own(struct kernel *kernel, struct lock *lock)
{
	static const struct {
		enum member_id member;
		const char *what;
	} owns[] = {{MEMBER_KTHREAD_EXITED, "end"}, {MEMBER_KTHREAD_PARKED, "parking"}};

	for (size_t i = 0; i < ARRAY_SIZE(owns); i++) {
		const struct task *task = own_completion(kernel, owns[i].member, lock->address);

		if (!task)
			continue;
		lock_add_holder(lock, task, MODE_EXCLUSIVE, EVIDENCE_PROVEN, 1.0,
				"the completion is this thread's own, and stands for its %s",
				owns[i].what);
		snprintf(lock->place.name, sizeof(lock->place.name), "the %s of %s/%d",
			 owns[i].what, task->comm, task->pid);
		return true;
	}
	return false;
}

bool completion_thread_add(struct kernel *kernel, struct lock *lock)
{
	const struct task *task;
	const char *member;

	if (add_own(kernel, lock))
		return true;
	task = named_thread(kernel, lock, &member);
	if (task)
		lock_add_holder(lock, task, MODE_EXCLUSIVE, EVIDENCE_INFERRED, BY_MEMBER,
				"the structure with the completion names it: %s.%s",
				lock->place.type, member);
	return task;
}
