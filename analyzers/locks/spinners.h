/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_SPINNERS
#define TRIAGE_LOCKS_SPINNERS

#include "base/error.h"
#include "finding.h"
#include "kernel/kernel.h"
#include "kernel/locking/spinlock.h"
#include "kernel/unwind/unwind.h"

/* A CPU, what it ran when the machine died, and whether it was spinning. */
struct spin_cpu {
	unsigned cpu;
	const struct task *task;
	struct trace trace;
	size_t frame;	      /* index of the frame that spins, when function is set */
	const char *function; /* from spinners.def; NULL: this CPU does not spin */
	bool rwlock;
	uint64_t lock;	  /* 0 while not found */
	int64_t ticket;	  /* its own, -1 unknown */
	int64_t position; /* in the queue, 1 is next; -1 unknown */
	uint64_t node;	  /* of its MCS node, 0 none */
};

struct spin_cpus {
	struct spin_cpu *list;
	size_t count;
};

/* Unwind every CPU and find the spinning ones and their locks. */
struct err *spin_cpus_open(struct kernel *kernel, struct spin_cpus *ret);
void spin_cpus_deinit(struct spin_cpus *cpus);

/*
 * How likely a CPU that does not spin holds a lock, 0 … 1, with the reason in why: an instruction
 * that takes this very lock and none that gives it back before the place it stopped, the address
 * of the lock or of the object it is part of (0: not known) on its stack.
 */
double spin_holder_score(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t lock,
			 uint64_t object, char *why, size_t size);

#endif
