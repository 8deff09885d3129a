/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells whether a CPU keeps others waiting, by what they wait in and by its own clock. */
#include "cpus/silent_cpu.h"

#include <string.h>

#include "cpus/raised_work.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"

#define SILENT_S 2.0 /* without a tick: no busy kernel keeps interrupts off for as long */

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
		      (cpu_wait_call_pending(kernel, waiter, silent->state, &function) ||
		       cpu_wait_call_running(kernel, waiter, silent->state, &function))))
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
	else if (silent->raised && state->behind_s >= SILENT_S)
		confidence = 0.9;
	else if (silent->waiters)
		confidence = state->interrupts_off ? 0.9 : 0.6; /* the call may just have come */
	/* Who was interrupted is not who keeps it. */
	if (silent->interrupted)
		confidence *= 0.5;
	if (state->lost)
		confidence *= 0.9;
	return silent->waits_itself ? confidence * 0.7 : confidence;
}

#define CLOCK_BASES 8 /* HRTIMER_MAX_CLOCK_BASES, include/linux/hrtimer.h */

/* The hrtimer that a CPU runs, or puts back; 0: none. */
static uint64_t running_hrtimer(struct kernel *kernel, unsigned cpu)
{
	uint64_t stride = type_size(types_find_struct(kernel->types, "hrtimer_clock_base"));
	const struct member *first = members_get(kernel->members, MEMBER_HRTIMER_BASES);
	uint64_t bases, timer;

	if (!stride || !first || !err_ok(percpu_symbol(kernel, "hrtimer_bases", cpu, &bases)))
		return 0;
	for (unsigned i = 0; i < CLOCK_BASES; i++)
		if (err_ok(member_read(kernel, bases + member_offset(first) + i * stride,
				       MEMBER_HRTIMER_RUNNING, &timer)) &&
		    timer)
			return timer;
	return 0;
}

#define STORM_FRAMES 16 /* from where it was stopped to the handler */

/* Was it stopped in the timers' interrupt itself, and not in the function of the timer that it runs? */
static bool is_between_calls(struct kernel *kernel, const struct cpu_state *state,
			     uint64_t function)
{
	size_t end = MIN(state->trace.count, state->at + STORM_FRAMES);

	for (size_t i = state->at; i < end; i++) {
		const struct frame *frame = &state->trace.frames[i];
		struct symbol symbol;

		if (!symbols_at(kernel->symbols, frame_lookup_address(frame), &symbol))
			continue;
		if (symbol.address == function || (i > state->at && frame->kind == FRAME_IRQ))
			return false;
		symbol_name_strip_suffix(symbol.name);
		if (!strcmp(symbol.name, "hrtimer_interrupt"))
			return true;
	}
	return false;
}

/*
 * A timer that is due again whenever its function comes back keeps its CPU in hrtimer_interrupt(); stopped
 * between two calls, the function is not on the stack.
 */
static bool find_storm(struct kernel *kernel, const struct cpu_state *state,
		       struct report_place *ret)
{
	uint64_t timer = running_hrtimer(kernel, state->cpu), function;
	struct symbol symbol;

	if (!timer || !err_ok(member_read(kernel, timer, MEMBER_HRTIMER_FUNCTION, &function)) ||
	    !symbols_at(kernel->symbols, function, &symbol) || symbol.address != function ||
	    !is_between_calls(kernel, state, function))
		return false;
	*ret = (struct report_place){0};
	copy_string(ret->symbol, sizeof(ret->symbol), symbol.name);
	copy_string(ret->module, sizeof(ret->module), symbol.module);
	return true;
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
	ret->waits_itself = own.how != CPU_WAIT_NONE || cpu_wait_spins(kernel, state);
	/* With interrupts on, raised work runs at once: it was raised anew. */
	ret->raised = state->flags_known && !state->interrupts_off &&
		      raised_work_find(kernel, state->cpu, &ret->culprit);
	if (!ret->raised && !find_storm(kernel, state, &ret->culprit)) {
		ret->interrupted =
			state->flags_known && !state->interrupts_off && state->behind_s >= SILENT_S;
		if (!cpu_state_culprit(kernel, state, state->at, &ret->culprit))
			ret->culprit = (struct report_place){0};
	}
	ret->confidence = confidence_of(ret);
	return ret->confidence > 0;
}
