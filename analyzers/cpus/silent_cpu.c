/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells whether a CPU keeps others waiting, by what they wait in and by its own clock. */
#include "cpus/silent_cpu.h"

#include <string.h>

#define SILENT_S 2.0 /* without a tick: no busy kernel keeps interrupts off for as long */

static const char *const spin_functions[] = {
#define SPIN(function, rwlock) function,
#include "kernel/locking/spin_functions.def"
#undef SPIN
};

/* Up to the first function that is more than a lock's. */
static bool spins(struct kernel *kernel, const struct cpu_state *state)
{
	struct report_place place;

	if (!cpu_state_function(kernel, state, state->at, &place))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(spin_functions); i++)
		if (!strcmp(spin_functions[i], place.symbol))
			return true;
	return false;
}

static void find_waiters(struct kernel *kernel, const struct cpu_states *states,
			 struct silent_cpu *silent)
{
	for (size_t i = 0; i < states->count; i++) {
		const struct cpu_state *waiter = &states->list[i];
		struct cpu_wait wait;
		uint64_t function = 0;

		if (waiter == silent->state)
			continue;
		cpu_wait_find(kernel, waiter, &wait);
		if (!(wait.how == CPU_WAIT_STOP && silent->stop) &&
		    !(wait.how == CPU_WAIT_CALL &&
		      cpu_wait_call_pending(kernel, waiter, silent->state, &function)))
			continue;
		if (!silent->waiters++) {
			silent->waiter = waiter;
			silent->wait = wait;
			silent->function = function;
		}
	}
	silent->stop &= silent->waiters > 0;
	if (silent->waiter && silent->wait.how == CPU_WAIT_STOP)
		silent->asker = cpu_wait_stop_asker(kernel, silent->state, &silent->wait.caller);
}

/* How sure it is that this CPU is what the machine waited for. */
static double confidence_of(const struct silent_cpu *silent)
{
	const struct cpu_state *state = silent->state;
	double confidence = 0;

	if (state->interrupts_off && state->behind_s >= SILENT_S)
		confidence = silent->waiters ? 1 : 0.95;
	else if (silent->stop || silent->rcu)
		confidence = 0.95;
	else if (silent->waiters)
		confidence = state->interrupts_off ? 0.9 : 0.6; /* the call may just have come */
	return silent->waits_itself ? confidence * 0.7 : confidence;
}

bool silent_cpu_find(struct kernel *kernel, const struct cpu_states *states,
		     const struct cpu_state *state, bool rcu, struct silent_cpu *ret)
{
	struct cpu_wait own;

	if (cpu_state_idle(state))
		return false;
	*ret = (struct silent_cpu){.state = state,
				   .stop = cpu_wait_stop_pending(kernel, state),
				   .rcu = rcu && cpu_wait_rcu_pending(kernel, state)};
	find_waiters(kernel, states, ret);
	cpu_wait_find(kernel, state, &own);
	ret->waits_itself = own.how != CPU_WAIT_NONE || spins(kernel, state);
	ret->confidence = confidence_of(ret);
	if (!cpu_state_culprit(kernel, state, state->at, &ret->culprit))
		ret->culprit = (struct report_place){0};
	return ret->confidence > 0;
}
