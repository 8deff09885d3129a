/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_QSPINLOCK
#define TRIAGE_KERNEL_LOCKING_QSPINLOCK

#include "kernel/kernel.h"

struct qspinlock {
	bool locked, pending;
	bool has_tail;
	uint32_t tail_cpu, tail_index;
};
/*
 * include/asm-generic/qspinlock_types.h, NR_CPUS < 16K. el7's back-port has the tail elsewhere, and
 * the same type: only a queue whose last node is known tells which of the two it is.
 */
enum qspinlock_tail { TAIL_UPSTREAM, TAIL_EL7 };
void qspinlock_decode(uint32_t value, enum qspinlock_tail form, struct qspinlock *ret);

/* No lock's word has other bits than these, whatever the form: else something else is there by now. */
bool qspinlock_is_sound(uint32_t value);

/* One CPU's node in a qspinlock's queue (kernel/locking/qspinlock.c: qnodes, mcs_nodes). */
struct qspinlock_node {
	uint64_t address, next;
	uint32_t cpu, index;
};
/* All nodes in use; ERR_NOT_FOUND when the kernel has none. The array is the caller's to free. */
struct err *qspinlock_nodes(struct kernel *kernel, struct qspinlock_node **ret, size_t *count);

#endif
