/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word of a queued rwlock. */
#include "kernel/locking/qrwlock.h"

void qrwlock_decode(uint32_t value, struct qrwlock *ret)
{
	*ret = (struct qrwlock){
		.writer = (value & 0xff) == 0xff,
		.writer_waiting = value >> 8 & 1,
		.readers = value >> 9,
	};
}
