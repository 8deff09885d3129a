/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who executes a program, or dumps core, waits until the other threads of its process have ended or halted
 * (fs/exec.c: de_thread(), fs/coredump.c: coredump_wait()). All have been sent SIGKILL: those that sleep where no
 * signal wakes them are waited for.
 */
#include "locks/thread_group.h"

#include <string.h>

#include "finding.h"
#include "kernel/tasks/task.h"
#include "locks/task_doing.h"

/* de_thread() calls schedule() itself; who calls it is where it is inlined, flush_old_exec() until v5.8. */
static bool executes(const struct sleeper *sleeper)
{
	static const char *const functions[] = {"de_thread", "begin_new_exec", "flush_old_exec"};
	const char *function = task_doing_function(sleeper);

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(function, functions[i]))
			return true;
	return false;
}

const char *thread_group_wait(const struct sleeper *sleeper)
{
	if (sleeper->kind == WAIT_OTHER && sleeper_call(sleeper, "coredump_wait"))
		return sleeper->what;
	return sleeper->kind == WAIT_NONE && executes(sleeper)
		       ? "the end of its process's other threads"
		       : NULL;
}

/* It has heard of its end. Halted for a core dump, it sleeps in do_exit() or what that calls. */
static bool has_come(const struct sleeper *sleeper)
{
	return sleeper_call(sleeper, "do_exit") || thread_group_wait(sleeper);
}

#define THREADS_TOLD 16

bool thread_group_add(const struct sleepers *all, int32_t tgid, struct lock *lock)
{
	for (size_t i = 0; i < all->count && lock->holder_count < THREADS_TOLD; i++) {
		const struct sleeper *sleeper = &all->list[i];

		if (sleeper->task->tgid == tgid && !sleeper_stackless(sleeper) &&
		    !has_come(sleeper))
			lock_add_holder(lock, sleeper->task, MODE_UNKNOWN, EVIDENCE_INFERRED,
					THREAD_GROUP_SURE,
					"a thread of the same process, asleep where no signal "
					"wakes it");
	}
	return lock->holder_count > 0;
}
