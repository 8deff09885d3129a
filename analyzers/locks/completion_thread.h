/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_COMPLETION_THREAD
#define TRIAGE_LOCKS_COMPLETION_THREAD

#include "locks/lock.h"

/*
 * Add the kernel thread that owes a completion as its holder: the one whose end it is, which kthread_stop()
 * waits for (proven), or the one that the structure with the completion names (inferred). False for none.
 */
bool completion_thread_add(struct kernel *kernel, struct lock *lock);

#endif
