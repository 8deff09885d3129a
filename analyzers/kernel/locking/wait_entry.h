/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_WAIT_ENTRY
#define TRIAGE_KERNEL_LOCKING_WAIT_ENTRY

#include "kernel/locking/lock_witness.h"
#include "kernel/types/types.h"

/*
 * An entry of a wait queue (include/linux/wait.h): wait_queue_entry, __wait_queue before ac6424b981bc v4.13. Flags,
 * task, the function that wakes it, the queue's list: the same in all eras.
 */
extern const struct waiting wait_entry;
#define WAIT_ENTRY_WAKES 16 /* bytes to the function */

/* Add both the entry and the queue's head. */
struct err *wait_entry_add(struct type_provider *types);

#endif
