/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_PLACE
#define TRIAGE_LOCKS_LOCK_PLACE

#include "kernel/kernel.h"
#include "locks/lock.h"

/* Fill lock->place of a lock with an address. Never fails: one nobody knows is named by address. */
void lock_place_find(struct kernel *kernel, struct lock *lock);

/* The mm whose mmap_lock stands at this address, 0 when it is no such lock. */
uint64_t lock_place_mm(struct kernel *kernel, uint64_t address);

#endif
