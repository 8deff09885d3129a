/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a CPU that answers nobody: an inter-processor call, stop_machine() or an RCU grace period
 *   that waits for it, or no tick for seconds with interrupts off; and what it runs. CPUs that wait for
 *   what another is to do, which waits itself: edges of the wait-for graph beside those of locks.
 * Needs: symbols, types, per-CPU areas, tasks, stacks, and a machine that died of a lockup or was asked to.
 * False positives: a CPU whose hypervisor did not run it, if the guest had interrupts off just then; one
 *   that would have gone on had the machine not died just then.
 * Kernel commits: see kernel/types/members.def (CSD_NEXT, CFD_CSD, TIMER_FUNCTION).
 */
#include "analysis.h"
#include "cpus/cpu_wait.h"
#include "cpus/silent_cpus.h"
#include "stuck/cpu_edges.h"

static struct err *run(struct analysis *analysis)
{
	_cpu_states_ struct cpu_states states = {0};

	if (!analysis->crash || !cpu_wait_matters(analysis->crash->kind))
		return NULL;
	TRY(cpu_states_open(analysis->kernel, analysis->crash, &states));
	TRY(silent_cpus_report(analysis, &states));
	return cpu_edges_report(analysis, &states);
}

const struct analyzer cpus_analyzer = {
	.name = "cpus",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS | STEP_STACKS,
	.run = run,
};
