/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_SPINLOCK_SHAPE
#define TRIAGE_KERNEL_LOCKING_SPINLOCK_SHAPE

#include "kernel/kernel.h"

/*
 * The spinlock kinds of x86-64 by the shape of their types. No kind records its holder; a ticket
 * lock shows how many wait, a qspinlock who waits last.
 */
enum spinlock_kind {
	SPINLOCK_UNKNOWN,
	SPINLOCK_TICKET, /* slock, tickets.{head,tail}, or asm-generic's bare atomic_t */
	SPINLOCK_QUEUED, /* a33fda35e3a7 v4.2, el7.7 */
};

struct spinlock_shape {
	enum spinlock_kind kind;
	unsigned bits;	    /* of one ticket: 8 or 16 */
	unsigned increment; /* 1; 2 where bit 0 is paravirt's slow-path flag (545ac13892ab v3.12) */
};

/* How this kernel's spinlocks are built. */
void spinlock_shape(struct kernel *kernel, struct spinlock_shape *ret);

#endif
