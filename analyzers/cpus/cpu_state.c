/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each CPU was at when the machine died: its stack from below whatever stopped it, whether it
 * took interrupts there, and for how long no tick has moved its clock.
 */
#include "cpus/cpu_state.h"

#include <stdlib.h>

#include "base/str.h"
#include "crash/culprit.h"
#include "crash/panic_path.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/unwind/unwind_task.h"

#define DEATH_FRAMES 32	  /* innermost frames that may be the panic's or what stopped the CPU */
#define CULPRIT_FRAMES 24 /* helpers, one in another */
#define RFLAGS_IF (1u << 9)

bool cpu_state_function(struct kernel *kernel, const struct cpu_state *state, size_t frame,
			struct report_place *ret)
{
	const struct frame *at = &state->trace.frames[frame];
	struct symbol symbol;

	if (frame >= state->trace.count || at->kind == FRAME_USER ||
	    !symbols_at(kernel->symbols, frame_lookup_address(at), &symbol))
		return false;
	symbol_name_strip_suffix(symbol.name);
	*ret = (struct report_place){.address = at->address,
				     .offset = at->address - symbol.address};
	copy_string(ret->symbol, sizeof(ret->symbol), symbol.name);
	copy_string(ret->module, sizeof(ret->module), symbol.module);
	return true;
}

bool cpu_state_culprit(struct kernel *kernel, const struct cpu_state *state, size_t from,
		       struct report_place *ret)
{
	size_t end = MIN(state->trace.count, from + CULPRIT_FRAMES);

	for (size_t i = from; !state->lost && i < end; i++)
		if (cpu_state_function(kernel, state, i, ret) && !culprit_is_helper(ret->symbol))
			return true;
	return false;
}

bool cpu_state_idle(const struct cpu_state *state)
{
	return state->task->idle && !state->interrupted;
}

static bool is_interruption(enum frame_kind kind)
{
	return kind == FRAME_NMI || kind == FRAME_IRQ || kind == FRAME_EXCEPTION;
}

/* Past the outermost function that stops a CPU or panics: what it came upon, else its caller. */
static size_t frame_before_death(struct kernel *kernel, const struct cpu_state *state)
{
	size_t end = MIN(state->trace.count, (size_t)DEATH_FRAMES), at = 0;
	struct report_place place;

	for (size_t i = 0; i < end; i++)
		if (cpu_state_function(kernel, state, i, &place) &&
		    panic_path_roles(place.symbol) & (PANIC_PATH_ENDED | PANIC_PATH_STOPPED))
			at = i + 1;
	for (size_t i = at; at && i < end; i++)
		if (is_interruption(state->trace.frames[i].kind))
			return i;
	return MIN(at, state->trace.count - 1);
}

/* A CPU that noticed the trouble in an interrupt: what that came upon. */
static bool is_notice(enum crash_kind kind)
{
	return kind == CRASH_SOFT_LOCKUP || kind == CRASH_HARD_LOCKUP || kind == CRASH_RCU_STALL ||
	       kind == CRASH_NMI;
}

/* Was it an interrupt that brought the CPU there? A panic of its own has a caller instead. */
static bool came_by_interrupt(struct kernel *kernel, const struct cpu_state *state, bool noticed)
{
	struct report_place place;

	return noticed || (state->at && cpu_state_function(kernel, state, state->at - 1, &place) &&
			   panic_path_roles(place.symbol) & PANIC_PATH_STOPPED);
}

/* Its entry, and so what it came upon, is not on a stack that ends before it: of a dump that is cut off, say. */
static bool is_lost(struct kernel *kernel, const struct cpu_state *state, bool noticed)
{
	if (state->trace.complete || !came_by_interrupt(kernel, state, noticed))
		return false;
	for (size_t i = state->at; i < state->trace.count; i++)
		if (is_interruption(state->trace.frames[i].kind))
			return false;
	return true;
}

static void settle(struct kernel *kernel, const struct crash *crash, struct cpu_state *state)
{
	bool own = crash && crash->task == state->task && is_notice(crash->kind);

	state->at = own && crash->frame < state->trace.count ? crash->frame
							     : frame_before_death(kernel, state);
	state->lost = is_lost(kernel, state, own);
	const struct regs *regs = &state->trace.frames[state->at].regs;
	state->flags_known = regs_known(regs, REG_RFLAGS);
	state->interrupts_off = state->flags_known && !(regs->value[REG_RFLAGS] & RFLAGS_IF);
	for (size_t i = state->at + 1; i < state->trace.count; i++)
		state->interrupted |= is_interruption(state->trace.frames[i].kind);
}

/*
 * ns; 0 unknown, or no time that can be: later than all believable ones, or before the CPU's own task
 * came to it.
 */
static uint64_t clock_of(struct kernel *kernel, const struct cpu_state *state)
{
	uint64_t rq, clock, arrival;

	if (!err_ok(percpu_symbol(kernel, "runqueues", state->cpu, &rq)) ||
	    !err_ok(member_read(kernel, rq, MEMBER_RQ_CLOCK, &clock)) ||
	    clock > tasks_clock(kernel->tasks)->newest)
		return 0;
	if (err_ok(member_read(kernel, state->task->address, MEMBER_TASK_LAST_ARRIVAL, &arrival)) &&
	    arrival > clock)
		return 0;
	return clock;
}

static void compare_clocks(struct kernel *kernel, struct cpu_states *states)
{
	uint64_t newest = 0;

	for (size_t i = 0; i < states->count; i++)
		newest = MAX(newest, clock_of(kernel, &states->list[i]));
	for (size_t i = 0; i < states->count; i++) {
		uint64_t clock = clock_of(kernel, &states->list[i]);

		states->list[i].behind_s = clock ? (double)(newest - clock) / 1e9 : 0;
	}
}

struct err *cpu_states_open(struct kernel *kernel, const struct crash *crash,
			    struct cpu_states *ret)
{
	unsigned cpus = percpu_cpus(kernel->percpu);

	*ret = (struct cpu_states){.list = calloc(cpus + 1u, sizeof(*ret->list))};
	if (!ret->list)
		return &err_nomem;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		struct cpu_state *state = &ret->list[ret->count];

		*state = (struct cpu_state){.cpu = cpu, .task = tasks_on_cpu(kernel->tasks, cpu)};
		if (!state->task || !TRY_OK(unwind_task(kernel, state->task, &state->trace)))
			continue;
		if (!state->trace.count) {
			trace_deinit(&state->trace);
			continue;
		}
		settle(kernel, crash, state);
		ret->count++;
	}
	compare_clocks(kernel, ret);
	return NULL;
}

void cpu_states_deinit(struct cpu_states *states)
{
	for (size_t i = 0; i < states->count; i++)
		trace_deinit(&states->list[i].trace);
	free(states->list);
	*states = (struct cpu_states){0};
}
