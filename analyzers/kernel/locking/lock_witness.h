/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_LOCK_WITNESS
#define TRIAGE_KERNEL_LOCKING_LOCK_WITNESS

#include "kernel/kernel.h"

/*
 * Locks that tasks sleep on, as far as they can be told without knowing any lock's layout: a structure
 * on a sleeper's stack names the sleeper, and the list in it leads to the lock.
 */

#define WITNESSES_MAX 64u /* sleepers looked at for each kind */

/* How who waits is written down on its stack: offsets from the structure's start. */
struct waiting {
	unsigned list, task;
	bool local; /* the lock may lie on a stack, too: that of who waits */
};

/* Where a lock keeps its list, and the waiter that led to it. */
struct witness {
	uint64_t head, waiter;
	bool writer; /* by the function it sleeps in */
	bool reader;
};

struct witnesses {
	struct kernel *kernel;
	struct witness list[WITNESSES_MAX];
	size_t count;
};

/* Locks whose list_head is part of the ring of who waits. kinds: bits of enum wait_kind. */
struct err *lock_witnesses_find(struct kernel *kernel, unsigned kinds,
				const struct waiting *waiting, struct witnesses *ret);
/*
 * Locks that only point to a ring of who waits: what an address on the sleeper's stack points to, if
 * list bytes behind it there is a pointer into the ring.
 */
struct err *lock_witnesses_find_headless(struct kernel *kernel, unsigned kinds,
					 const struct waiting *waiting, unsigned list,
					 struct witnesses *ret);

#endif
