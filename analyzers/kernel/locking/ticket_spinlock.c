/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word of a ticket spinlock: who is served, and how many wait. */
#include "kernel/locking/ticket_spinlock.h"

void ticket_spinlock_decode(const struct spinlock_shape *shape, uint32_t value,
			    struct ticket_spinlock *ret)
{
	uint32_t mask = shape->bits == 8 ? 0xff : 0xffff;
	uint32_t flag = shape->increment == 2 ? 1 : 0;

	*ret = (struct ticket_spinlock){
		.owner = value & mask & ~flag,
		.next = value >> shape->bits & mask & ~flag,
		.slow_path = flag && (value >> shape->bits & 1),
	};
	ret->outstanding = ((ret->next - ret->owner) & mask) / shape->increment;
}

int64_t ticket_spinlock_position(const struct spinlock_shape *shape,
				 const struct ticket_spinlock *lock, uint64_t ticket)
{
	uint32_t mask = shape->bits == 8 ? 0xff : 0xffff;
	uint32_t ahead = ((uint32_t)ticket - lock->owner) & mask;

	if (ticket > mask || ahead % shape->increment ||
	    ahead / shape->increment >= lock->outstanding)
		return -1;
	return ahead / shape->increment;
}
