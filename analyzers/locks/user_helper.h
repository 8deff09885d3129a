/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_USER_HELPER
#define TRIAGE_LOCKS_USER_HELPER

#include "kernel/locking/sleeper.h"
#include "locks/lock.h"

/*
 * Where a completion stands for the end of a program that the kernel has started (call_usermodehelper()), name it so:
 * by the task that runs it, if there is one alone of that name, else by its path. False for another completion.
 */
bool user_helper_name(struct kernel *kernel, const struct sleeper *sleeper, struct lock *lock);

#endif
