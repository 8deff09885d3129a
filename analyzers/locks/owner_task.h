/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_OWNER_TASK
#define TRIAGE_LOCKS_OWNER_TASK

#include "kernel/kernel.h"
#include "kernel/tasks/task.h"

/*
 * The task an owner word points to, its flag bits masked off; one that has ended too: a lock is not
 * given back by that. Such a task is on no list, and told by its memory. NULL: no task, and none that
 * was. Not for words that may be stale, such as a last reader's.
 */
const struct task *owner_task(struct kernel *kernel, uint64_t word, uint64_t flags);

#endif
