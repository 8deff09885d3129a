/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_ASYNC_USER
#define TRIAGE_LOCKS_ASYNC_USER

#include "kernel/locking/sleeper.h"

/*
 * Does this task, which waits for asynchronous functions (kernel/async.c), wait for all of them? One that waits for
 * those that were scheduled before it (async_synchronize_cookie()) may be one of them itself.
 */
bool async_user_waits_for_all(struct kernel *kernel, const struct sleeper *sleeper);

#endif
