/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CPUS_SILENT_CPU
#define TRIAGE_CPUS_SILENT_CPU

#include "cpus/cpu_state.h"
#include "cpus/cpu_wait.h"

/* A CPU that does not answer, and who waits for it. */
struct silent_cpu {
	const struct cpu_state *state;
	struct report_place culprit;	/* what it runs; symbol "" unknown */
	bool stop;			/* stop_machine() waits for it */
	bool rcu;			/* a grace period that stalled does */
	const struct cpu_state *waiter; /* the first CPU that waits for its answer; or NULL */
	struct cpu_wait wait;		/* what the waiter does so in */
	const struct task *asker;	/* who called stop_machine(), from wait.caller; or NULL */
	uint64_t function;		/* what it wants to be called there; 0 for stop_machine() */
	size_t waiters;			/* CPUs that do */
	bool waits_itself;		/* it spins for a lock, or waits for another CPU */
	bool raised; /* the culprit is irq work that raises itself: who runs there is interrupted by it */
	bool interrupted; /* it takes interrupts and no tick: others than ticks may be all it does */
	double confidence;
};

/*
 * Whether a CPU is silent: it has not taken an interrupt for seconds, or others wait for it and by
 * their own structures it has not answered. rcu: a stall is what the machine died of.
 */
bool silent_cpu_find(struct kernel *kernel, const struct cpu_states *states,
		     const struct cpu_state *state, bool rcu, struct silent_cpu *ret);

#endif
