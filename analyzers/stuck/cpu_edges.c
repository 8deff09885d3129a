/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that wait for what another CPU is to do, which waits itself: its answer to a call, the end of a
 * timer's function.
 */
#include "stuck/cpu_edges.h"

#include <stdlib.h>

#include "cpus/callback_wait.h"
#include "cpus/cpu_wait.h"
#include "kernel/symbols/symbol.h"
#include "locks/lock_report.h"

#define LOCKS_MAX 64
#define IN_IT 0.95 /* the callback is on its stack */

/* A CPU, and what it waits in. */
struct waiting {
	const struct cpu_state *state;
	struct cpu_wait wait;
	struct callback_wait callback;
	bool stuck; /* it waits for anything */
};

static void look_at(struct kernel *kernel, const struct cpu_states *states,
		    const struct cpu_state *state, struct waiting *ret)
{
	*ret = (struct waiting){.state = state};
	cpu_wait_find(kernel, state, &ret->wait);
	callback_wait_find(kernel, states, state, &ret->callback);
	ret->stuck = ret->wait.how != CPU_WAIT_NONE || ret->callback.words ||
		     cpu_wait_spins(kernel, state);
}

static struct err *report(struct analysis *analysis, const struct cpu_state *from,
			  const struct report_place *in, struct lock *lock)
{
	lock_add_waiter(lock, &(struct lock_waiter){.task = from->task,
						    .mode = MODE_UNKNOWN,
						    .position = -1,
						    .ticket = -1,
						    .cpu = (int)from->cpu});
	lock->confidence = lock->holders ? lock->holders[0].confidence : 0;
	str_printf(&lock->state, "CPU %u waits for it", from->cpu);
	str_printf(&lock->headline, "%s: CPU %u waits for it", lock_display_name(lock), from->cpu);
	if (in->symbol[0])
		str_printf(&lock->headline, " in %s()", in->symbol);
	return lock_report(analysis, lock, FINDING_LOCK_OTHER, SEVERITY_NOTICE);
}

/* "CPU 2's answer to crashme_ask_closed()" */
static struct err *report_call(struct analysis *analysis, const struct waiting *from,
			       const struct cpu_state *to)
{
	const struct report_place *caller = &from->wait.caller;
	struct lock *lock;

	TRY(lock_report_new(analysis->kernel, LOCK_CPU_CALL, 0, &lock));
	snprintf(lock->place.name, sizeof(lock->place.name), "CPU %u's answer%s%s%s", to->cpu,
		 caller->symbol[0] ? " to " : "", caller->symbol, caller->symbol[0] ? "()" : "");
	lock_add_holder(lock, to->task, MODE_UNKNOWN, EVIDENCE_PROVEN, 1.0,
			"the call stands in the queue of CPU %u, which waits itself", to->cpu);
	return report(analysis, from->state, caller, lock);
}

/* "timer function crashme_chime [crashme]" */
static struct err *report_callback(struct analysis *analysis, const struct waiting *from)
{
	const struct callback_wait *wait = &from->callback;
	struct symbol symbol;
	struct lock *lock;

	if (!symbols_at(analysis->kernel->symbols, wait->function, &symbol))
		return NULL;
	TRY(lock_report_new(analysis->kernel, LOCK_CALLBACK, wait->object, &lock));
	snprintf(lock->place.name, sizeof(lock->place.name), "%s %.200s%s%.50s%s", wait->words,
		 symbol.name, symbol.module[0] ? " [" : "", symbol.module,
		 symbol.module[0] ? "]" : "");
	lock_add_holder(lock, wait->other->task, MODE_UNKNOWN, EVIDENCE_INFERRED, IN_IT,
			"CPU %u is in it, and its address is at hand to %s()", wait->other->cpu,
			wait->in.symbol);
	return report(analysis, from->state, &wait->in, lock);
}

static struct err *report_all(struct analysis *analysis, const struct waiting *list, size_t count)
{
	size_t reported = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count && reported < LOCKS_MAX; j++) {
			uint64_t function;
			bool call = list[i].wait.how == CPU_WAIT_CALL && list[j].stuck && i != j &&
				    cpu_wait_call_pending(analysis->kernel, list[i].state,
							  list[j].state, &function);
			bool callback = list[j].stuck && list[i].callback.other == list[j].state;

			if (call)
				TRY(report_call(analysis, &list[i], list[j].state));
			else if (callback)
				TRY(report_callback(analysis, &list[i]));
			reported += call || callback;
		}
	return NULL;
}

struct err *cpu_edges_report(struct analysis *analysis, const struct cpu_states *states)
{
	_free_ struct waiting *list = calloc(states->count + 1, sizeof(*list));

	if (!list)
		return &err_nomem;
	for (size_t i = 0; i < states->count; i++)
		look_at(analysis->kernel, states, &states->list[i], &list[i]);
	return report_all(analysis, list, states->count);
}
