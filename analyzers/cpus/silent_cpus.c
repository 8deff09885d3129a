/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs that answer nobody, the surest first. */
#include "cpus/silent_cpus.h"

#include <stdlib.h>

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

struct err *silent_cpus_report(struct analysis *analysis, const struct cpu_states *states)
{
	struct kernel *kernel = analysis->kernel;
	_free_ struct silent_cpu *list = calloc(states->count + 1, sizeof(*list));
	bool rcu = analysis->crash->kind == CRASH_RCU_STALL;
	size_t count = 0;

	if (!list)
		return &err_nomem;
	for (size_t i = 0; i < states->count; i++)
		count += silent_cpu_find(kernel, states, &states->list[i], rcu, &list[count]);
	qsort(list, count, sizeof(*list), surest_first);
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		silent_json_add(kernel, &list[i], analysis->findings);
	return NULL;
}
