/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOG_HOLDER
#define TRIAGE_LOCKS_LOG_HOLDER

#include "locks/lock.h"
#include "locks/log_wait.h"

/*
 * Add to the lock who holds it by the log: whom the kernel names, whose list of locks has it, or, as a
 * guess, the one task that sleeps in the same module for something that is no lock; else that nobody
 * is known. wait is that of one of its waiters.
 */
void log_holder_find(const struct sleepers *sleepers, const struct shown *shown,
		     const struct log_wait *wait, struct lock *lock);

#endif
