/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CPUS_CPU_WAIT
#define TRIAGE_CPUS_CPU_WAIT

#include "cpus/cpu_state.h"

/* How a CPU is waited for. */
enum cpu_wait_how { CPU_WAIT_NONE, CPU_WAIT_CALL, CPU_WAIT_STOP };

/* What a CPU waits for others in. */
struct cpu_wait {
	enum cpu_wait_how how;	    /* NONE: for nobody */
	struct report_place caller; /* who wanted it; symbol "" unknown */
};

/* Whether CPUs that wait may be behind such a crash: a lockup, a stall, a dump that was asked for. */
bool cpu_wait_matters(enum crash_kind kind);

/* By the functions on its stack, from where it was stopped to the next interrupt. */
void cpu_wait_find(struct kernel *kernel, const struct cpu_state *state, struct cpu_wait *ret);

/* Whether it was stopped in a function that spins for a lock. */
bool cpu_wait_spins(struct kernel *kernel, const struct cpu_state *state);

/*
 * Whether a call that one CPU waits for still stands in the other's queue: proven by the call's own
 * place, on the waiter's stack or among what it has for the other one. *function: what it is to run
 * there.
 */
bool cpu_wait_call_pending(struct kernel *kernel, const struct cpu_state *waiter,
			   const struct cpu_state *target, uint64_t *function);
/*
 * Whether the other CPU is in the call: it came to it by its queue, and what it runs there is at hand to the waiter.
 */
bool cpu_wait_call_running(struct kernel *kernel, const struct cpu_state *waiter,
			   const struct cpu_state *target, uint64_t *function);
/* Whether a CPU has not come to stop, though its stopper has been told to. */
bool cpu_wait_stop_pending(struct kernel *kernel, const struct cpu_state *target);
/*
 * Who called stop_machine() or its like, of the work that a CPU has not come to: on its stack is what
 * counts those that have (cpu_stop_done). NULL when it is not known, or nobody waits for it.
 */
const struct task *cpu_wait_stop_asker(struct kernel *kernel, const struct cpu_state *target,
				       struct report_place *from);
/* Whether the grace period that runs waits for this CPU. */
bool cpu_wait_rcu_pending(struct kernel *kernel, const struct cpu_state *target);

#endif
