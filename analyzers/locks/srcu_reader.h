/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_SRCU_READER
#define TRIAGE_LOCKS_SRCU_READER

#include "kernel/locking/sleeper.h"

/*
 * Is the task that waits for an SRCU grace period a reader that it waits for? By the code of its callers: one of
 * them has begun a read section and not ended it. Which srcu_struct that is of, the code says, or the stack of the
 * wait where it is an object's; who reads is not recorded. False otherwise; else *srcu is its address.
 */
bool srcu_reader_is_waiter(struct kernel *kernel, const struct sleeper *sleeper, uint64_t *srcu);

#endif
