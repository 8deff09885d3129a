/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_THREAD_GROUP
#define TRIAGE_LOCKS_THREAD_GROUP

#include "kernel/locking/sleeper.h"
#include "locks/lock.h"

#define THREAD_GROUP_SURE 0.9 /* others of its threads may be on their way out, and late */

/* What is waited for, in words, where it is the end or the halt of the other threads of one's own process; else NULL. */
const char *thread_group_wait(const struct sleeper *sleeper);
/*
 * Adds as holders the threads of the process that sleep where no signal wakes them, and are not about to end. False
 * when there is none.
 */
bool thread_group_add(const struct sleepers *all, int32_t tgid, struct lock *lock);

#endif
