/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_IRQ_USER
#define TRIAGE_LOCKS_IRQ_USER

#include "kernel/locking/sleeper.h"
#include "locks/lock.h"

#define IRQ_THREADS_MAX 8 /* handlers of one interrupt that are told */

/* An interrupt whose handlers somebody waits for. */
struct irq_user {
	uint64_t desc; /* struct irq_desc; 0: none found */
	uint32_t irq;
	const struct task
		*threads[IRQ_THREADS_MAX]; /* those of its threaded handlers that sleep, or run */
	size_t count;
};

/* The interrupt that a sleeper in synchronize_irq() waits for: the one on its stack whose threads are at work. */
void irq_user_find(struct kernel *kernel, const struct sleeper *sleeper, struct irq_user *ret);
void irq_user_add(const struct irq_user *user, struct lock *lock);

#endif
