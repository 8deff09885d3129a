/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps from a frame to its caller, and how far they lead. */
#include "kernel/unwind/unwind_step.h"

#include "kernel/insn/code.h"
#include "kernel/unwind/trace.h"
#include "kernel/unwind/unwind_fp.h"
#include "kernel/unwind/unwind_orc.h"
#include "kernel/unwind/unwind_read.h"
#include "kernel/unwind/unwind_return.h"
#include "kernel/unwind/unwind_scan.h"

/*
 * A call through a bad pointer: nothing was executed at RIP, so the return address is still where
 * the call pushed it.
 */
static struct err *step_bad_call(struct unwind_state *state, struct unwind_step *ret)
{
	uint64_t sp = state->regs.value[REG_RSP], target;
	bool called;

	ret->regs = state->regs;
	TRY(unwind_read_return(state, sp, ret));
	TRY(code_follows_call(state->kernel, ret->regs.value[REG_RIP], &called, &target));
	if (!called)
		return err_at(ERR_CORRUPT, sp, "no return address");
	regs_set(&ret->regs, REG_RSP, sp + 8);
	ret->source = FOUND_RESUMED;
	return NULL;
}

struct err *unwind_step_direct(struct unwind_state *state, struct unwind_step *ret)
{
	struct unwinder *unwinder = state->kernel->unwinder;
	uint64_t address = unwind_state_lookup_address(state);

	*ret = (struct unwind_step){0};
	if (unwinder->way == WAY_SCAN)
		return unwind_scan_step(state, ret);
	if (unwind_return_is_hook(unwinder, state->regs.value[REG_RIP]))
		return err_at(ERR_NOT_FOUND, state->regs.value[REG_RIP],
			      "a tracer hides the return address");
	if (code_is_text(state->kernel, address))
		return unwinder->way == WAY_ORC ? unwind_orc_step(unwinder->orc, state, ret)
						: unwind_fp_step(state, ret);
	if (!code_is_generated(state->kernel, address))
		return step_bad_call(state, ret);
	/* A trampoline has its original's data; what BPF's compiler writes keeps frame pointers. */
	if (unwinder->way == WAY_ORC && TRY_OK(unwind_orc_step(unwinder->orc, state, ret)))
		return NULL;
	*ret = (struct unwind_step){0};
	return unwind_fp_step_plain(state, ret);
}

/* Each stack of a CPU can be met once, and an NMI can nest; more is going in circles. */
#define STACK_SWITCHES 16

static bool on_stack(const struct stack *stack, uint64_t address)
{
	return address >= stack->low && address < stack->high;
}

struct err *unwind_step_apply(struct unwind_state *state, const struct unwind_step *step)
{
	uint64_t from = state->regs.value[REG_RSP], to = step->regs.value[REG_RSP];
	struct stack before, after;

	state->regs = step->regs;
	state->exact = step->exact;
	if (regs_user_mode(&step->regs))
		return NULL;
	if (on_stack(&state->stack, from) && on_stack(&state->stack, to)) {
		before = after = state->stack;
	} else {
		stacks_find(state->kernel, from, &before);
		stacks_find(state->kernel, to, &after);
		state->stack = after;
	}
	if (before.low == after.low && to <= from)
		return err_at(ERR_LOOP, to, "the stack goes in the wrong direction");
	if (before.low != after.low && ++state->switches > STACK_SWITCHES)
		return err_at(ERR_LOOP, to, "the unwind changes stacks without end");
	return NULL;
}

struct err *unwind_step_reach(const struct unwind_state *state, unsigned *frames, bool *ends)
{
	struct unwind_state copy = *state;
	struct unwind_step next;

	for (*frames = 1; *frames < TRACE_MAX; ++*frames) {
		*ends = regs_user_mode(&copy.regs);
		if (*ends || !TRY_OK(unwind_step_direct(&copy, &next)))
			return NULL;
		*ends = next.end;
		if (next.end || !TRY_OK(unwind_step_apply(&copy, &next)))
			return NULL;
	}
	return NULL;
}
