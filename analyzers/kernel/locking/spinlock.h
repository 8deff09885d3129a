/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_SPINLOCK
#define TRIAGE_KERNEL_LOCKING_SPINLOCK

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

struct ticket_lock {
	uint32_t owner, next; /* now serving; the next one to be given out */
	uint32_t outstanding; /* holder and spinners together */
	bool slow_path;
};
void ticket_decode(const struct spinlock_shape *shape, uint32_t value, struct ticket_lock *ret);
/* A ticket's place in the queue: 0 holds the lock, 1 is next; -1 when it is not outstanding. */
int64_t ticket_position(const struct spinlock_shape *shape, const struct ticket_lock *lock,
			uint64_t ticket);

struct queued_lock {
	bool locked, pending;
	bool has_tail;
	uint32_t tail_cpu, tail_index;
};
/*
 * include/asm-generic/qspinlock_types.h, NR_CPUS < 16K. el7's back-port puts the tail elsewhere
 * under the same type: which one it is, a queue whose last node is known tells.
 */
enum queued_tail { TAIL_UPSTREAM, TAIL_EL7 };
void queued_decode(uint32_t value, enum queued_tail form, struct queued_lock *ret);

/* include/asm-generic/qrwlock_types.h: writer in bits 0-7, bit 8 writer waiting, readers above. */
struct queued_rwlock {
	bool writer, writer_waiting;
	uint32_t readers;
};
void queued_rw_decode(uint32_t value, struct queued_rwlock *ret);

/* One CPU's node in a qspinlock's queue (kernel/locking/qspinlock.c: qnodes, mcs_nodes). */
struct mcs_node {
	uint64_t address, next;
	uint32_t cpu, index;
	bool granted; /* locked is set: it stands at the head of the queue */
};
/* All nodes in use; ERR_NOT_FOUND when the kernel has none. The array is the caller's to free. */
struct err *mcs_nodes(struct kernel *kernel, struct mcs_node **ret, size_t *count);

#endif
