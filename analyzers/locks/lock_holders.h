/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_HOLDERS
#define TRIAGE_LOCKS_LOCK_HOLDERS

#include "kernel/locking/waitlist.h"
#include "locks/lock.h"

/*
 * Who may hold a lock that records no holder: tasks with a frame known to run under it, by
 * lock_holders.def, code that took it, and stacks that hold its address. Adds the candidates, best
 * first, as inferred holders; count is how many there are. hint: the last reader's task, or NULL.
 */
struct err *lock_holders_infer(struct kernel *kernel, const struct waitlist *list,
			       struct lock *lock, const struct task *hint, size_t *count);

#endif
