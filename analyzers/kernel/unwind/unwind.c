/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following a stack from its innermost frame to its end. */
#include "kernel/unwind/unwind.h"

#include <string.h>

#include "kernel/symbols/symbol.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwind_guard.h"
#include "kernel/unwind/unwind_resume.h"
#include "kernel/unwind/unwind_state.h"
#include "kernel/unwind/unwind_step.h"

/* One search at the start (panic() in __crash_kexec), one behind a trampoline. */
#define RESUMES 2

/* Worth a search: the data is missing or wrong, not the memory. */
static bool can_resume(const struct unwind_state *state, const struct err *err)
{
	return state->resumes && (err->code == ERR_NOT_FOUND || err->code == ERR_CORRUPT);
}

static struct err *step(struct unwind_state *state, struct unwind_step *ret)
{
	if (unwind_guard_step(state, ret))
		return NULL;
	_err_ struct err *err = unwind_step_direct(state, ret);

	if (!err || !can_resume(state, err))
		return take_ptr(err);
	state->resumes--;
	*ret = (struct unwind_step){0};
	if (!TRY_OK(unwind_resume(state, ret)))
		return take_ptr(err);
	state->guessed |= ret->source == FOUND_SCAN;
	return NULL;
}

/* Which kind of entry this was, by the name of the code that built the pt_regs. */
static enum frame_kind interruption(struct kernel *kernel, uint64_t entry)
{
	static const char *const interrupts[] = {"interrupt", "sysvec", "irq", "intr",
						 "xen_hvm_call"};
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, entry, &symbol))
		return FRAME_EXCEPTION;
	if (strstr(symbol.name, "nmi"))
		return FRAME_NMI;
	for (size_t i = 0; i < ARRAY_SIZE(interrupts); i++)
		if (strstr(symbol.name, interrupts[i]))
			return FRAME_IRQ;
	return FRAME_EXCEPTION;
}

static struct err *add_frame(struct trace *trace, const struct unwind_state *state,
			     const struct unwind_step *step)
{
	struct frame *frame = trace_add(trace);

	if (!frame)
		return &err_nomem;
	*frame = (struct frame){
		.address = state->regs.value[REG_RIP],
		.exact = state->exact,
		.sp = state->regs.value[REG_RSP],
		.return_slot = step->return_slot,
		.kind = regs_user_mode(&state->regs) ? FRAME_USER : FRAME_CALL,
		.source = state->guessed ? FOUND_SCAN : step->source,
		.hooked = step->hooked,
		.pt_regs = step->pt_regs,
		.regs = state->regs,
	};
	return NULL;
}

/* A pt_regs was met: say so in the frame it interrupted and in the entry code that built it. */
static void mark_entry(struct kernel *kernel, struct frame *entry, struct frame *interrupted)
{
	uint64_t address = frame_lookup_address(entry);

	if (interrupted->kind != FRAME_USER)
		interrupted->kind = interruption(kernel, address);
	if (entry->kind == FRAME_CALL)
		entry->kind = FRAME_ENTRY;
}

/* Follow the stack until its end or an error; the error is why. */
static struct err *follow(struct unwind_state *state, struct trace *trace)
{
	struct unwind_step next = {.source = FOUND_REGISTERS};

	while (true) {
		TRY(add_frame(trace, state, &next));
		if (next.pt_regs && trace->count > 1)
			mark_entry(state->kernel, &trace->frames[trace->count - 2],
				   &trace->frames[trace->count - 1]);
		if (regs_user_mode(&state->regs))
			return NULL;
		if (trace->count == TRACE_MAX)
			return err_new(ERR_LIMIT, "the stack goes on after %u frames", TRACE_MAX);
		TRY(step(state, &next));
		if (next.end)
			return NULL;
		TRY(unwind_step_apply(state, &next));
	}
}

struct err *unwind_from(struct unwind_state *state, struct trace *ret)
{
	if (!state->kernel->unwinder)
		return err_new(ERR_INVALID, "no unwinder for this dump");
	if (!regs_known(&state->regs, REG_RIP) || !regs_known(&state->regs, REG_RSP)) {
		ret->stopped = err_new(ERR_NOT_FOUND, "no stack pointer to start from");
		return NULL;
	}
	state->resumes = RESUMES;
	stacks_find(state->kernel, state->regs.value[REG_RSP], &state->stack);
	ret->stopped = follow(state, ret);
	ret->complete = !ret->stopped;
	if (ret->stopped == &err_nomem) {
		trace_deinit(ret);
		return &err_nomem;
	}
	return NULL;
}

struct err *unwind_regs(struct kernel *kernel, const struct regs *regs, struct trace *ret)
{
	struct unwind_state state = {.kernel = kernel, .regs = *regs, .exact = true};

	*ret = (struct trace){0};
	return unwind_from(&state, ret);
}
