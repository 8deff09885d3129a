/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_VFORK_CHILD
#define TRIAGE_LOCKS_VFORK_CHILD

#include "kernel/locking/sleeper.h"
#include "locks/lock.h"

/*
 * Where a task waits in vfork() (kernel/fork.c: wait_for_vfork_done()), add the child whose task_struct leads to the
 * completion as its holder, proven, and name the wait. False for another wait, and where no task leads there.
 */
bool vfork_child_add(struct kernel *kernel, const struct sleeper *sleeper, struct lock *lock);

#endif
