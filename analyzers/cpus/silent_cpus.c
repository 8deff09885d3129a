/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a CPU that answers nobody: an inter-processor call, stop_machine() or an RCU grace period
 *   that waits for it, or no tick for seconds with interrupts off; and what it runs.
 * Needs: per-CPU areas, tasks, stacks, and a machine that died of a lockup or was asked to.
 * False positives: a CPU whose hypervisor did not run it, if the guest had interrupts off just then.
 * Kernel commits: see kernel/types/members.def (CSD_NEXT, CFD_CSD).
 */
#include <stdlib.h>

#include "analysis.h"
#include "base/array.h"
#include "cpus/silent_json.h"

static int surest_first(const void *a, const void *b)
{
	const struct silent_cpu *x = a, *y = b;

	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? 1 : -1;
	return x->state->behind_s < y->state->behind_s	 ? 1
	       : x->state->behind_s > y->state->behind_s ? -1
							 : 0;
}

#define SHOWN_MAX 16

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	const struct crash *crash = analysis->crash;
	_cpu_states_ struct cpu_states states = {0};
	_free_ struct silent_cpu *list = NULL;
	size_t count = 0;

	if (!crash || !cpu_wait_matters(crash->kind))
		return NULL;
	TRY(cpu_states_open(kernel, crash, &states));
	list = calloc(states.count + 1, sizeof(*list));
	if (!list)
		return &err_nomem;
	for (size_t i = 0; i < states.count; i++)
		count += silent_cpu_find(kernel, &states, &states.list[i],
					 crash->kind == CRASH_RCU_STALL, &list[count]);
	qsort(list, count, sizeof(*list), surest_first);
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		silent_json_add(kernel, &list[i], analysis->findings);
	return NULL;
}

const struct analyzer silent_cpus_analyzer = {
	.name = "silent_cpus",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS | STEP_STACKS,
	.run = run,
};
