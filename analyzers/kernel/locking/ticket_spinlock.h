/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_TICKET_SPINLOCK
#define TRIAGE_KERNEL_LOCKING_TICKET_SPINLOCK

#include "kernel/locking/spinlock_shape.h"

struct ticket_spinlock {
	uint32_t owner, next; /* now serving; the next one to be given out */
	uint32_t outstanding; /* holder and spinners together */
	bool slow_path;
};

void ticket_spinlock_decode(const struct spinlock_shape *shape, uint32_t value,
			    struct ticket_spinlock *ret);
/* A ticket's place in the queue: 0 holds the lock, 1 is next; -1 when it is not outstanding. */
int64_t ticket_spinlock_position(const struct spinlock_shape *shape,
				 const struct ticket_spinlock *lock, uint64_t ticket);

#endif
