/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_SPIN_CPUS
#define TRIAGE_LOCKS_SPIN_CPUS

#include "kernel/kernel.h"
#include "kernel/locking/qspinlock.h"
#include "kernel/unwind/trace.h"

/* A CPU, what it ran when the machine died, and whether it was spinning. */
struct spin_cpu {
	unsigned cpu;
	const struct task *task;
	struct trace trace;
	size_t frame;	      /* index of the frame that spins, when function is set */
	const char *function; /* from spin_functions.def; NULL: this CPU does not spin */
	bool rwlock;
	uint64_t lock;		  /* 0 while not found */
	int64_t ticket;		  /* its own, -1 unknown */
	int64_t position;	  /* in the queue, 1 is next; -1 unknown */
	uint64_t node;		  /* of its MCS node, 0 none */
	enum qspinlock_tail form; /* of the lock's word, where node is not 0 */
};

struct spin_cpus {
	struct spin_cpu *list;
	size_t count;
};

/* Unwind every CPU and find the spinning ones and their locks. */
struct err *spin_cpus_open(struct kernel *kernel, struct spin_cpus *ret);
void spin_cpus_deinit(struct spin_cpus *cpus);

#endif
