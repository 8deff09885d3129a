/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/unwind/unwind.h"

#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwind_state.h"

/* Each stack of a CPU can be met once, and an NMI can nest; more is going in circles. */
#define STACK_SWITCHES 16
/* One search at the start (panic() in __crash_kexec), one behind a trampoline. */
#define RESUMES 2

struct err *unwinder_open(struct kernel *kernel, struct unwinder **ret, struct err **why)
{
	static const char *const hooks[RETURN_HOOKS] = {
		"return_to_handler",	   /* the function graph tracer */
		"arch_rethook_trampoline", /* f3a112c0c40d v5.18 */
		"__kretprobe_trampoline",  /* adf8a61a940c v5.16 */
		"kretprobe_trampoline",
	};
	struct unwinder *unwinder = calloc(1, sizeof(*unwinder));

	if (!unwinder)
		return &err_nomem;
	for (size_t i = 0; i < RETURN_HOOKS; i++)
		if (!symbols_find(kernel->symbols, hooks[i], &unwinder->return_hooks[i]))
			unwinder->return_hooks[i] = 0;
	*why = orc_open(kernel, &unwinder->orc);
	if (*why && fp_usable(kernel)) {
		unwinder->way = WAY_FP;
		err_free(*why);
		*why = NULL;
	} else if (*why) {
		unwinder->way = WAY_SCAN;
	}
	*ret = unwinder;
	return NULL;
}

void unwinder_close(struct unwinder *unwinder)
{
	if (!unwinder)
		return;
	orc_close(unwinder->orc);
	free(unwinder);
}

const char *unwinder_name(const struct unwinder *unwinder)
{
	static const char *const names[] = {"orc", "frame pointer", "scan"};

	return names[unwinder->way];
}

/* --- reading ---------------------------------------------------------------------------------- */

struct err *unwind_read_stack(struct unwind_state *state, uint64_t address, void *buf,
			      size_t length)
{
	if (address < state->stack.low || address >= state->stack.high) {
		struct stack stack;

		if (!stacks_find(state->kernel, address, &stack))
			return err_at(ERR_CORRUPT, address,
				      "the unwind leaves the kernel's stacks");
		state->stack = stack;
	}
	if (length > state->stack.high - address)
		return err_at(ERR_CORRUPT, address, "the unwind runs over the end of a stack");
	return memory_read(state->kernel->memory, address, buf, length);
}

struct err *unwind_read_word(struct unwind_state *state, uint64_t address, uint64_t *ret)
{
	return unwind_read_stack(state, address, ret, sizeof(*ret));
}

static bool is_return_hook(const struct unwinder *unwinder, uint64_t address)
{
	for (size_t i = 0; i < RETURN_HOOKS; i++)
		if (address && address == unwinder->return_hooks[i])
			return true;
	return false;
}

struct err *unwind_read_return(struct unwind_state *state, uint64_t slot, struct step *ret)
{
	struct kernel *kernel = state->kernel;
	uint64_t address;

	TRY(unwind_read_word(state, slot, &address));
	if (is_return_hook(kernel->unwinder, address)) {
		ret->hooked = unwind_real_return(state, slot, &address);
		ret->exact = !ret->hooked; /* the hook's first instruction, behind no call */
	}
	if (!code_is_text(kernel, address - !ret->exact) &&
	    !code_is_generated(kernel, address - !ret->exact))
		return err_at(ERR_CORRUPT, slot, "no code's address where one was to return to");
	ret->return_slot = slot;
	regs_set(&ret->regs, REG_RIP, address);
	return NULL;
}

/* --- stepping --------------------------------------------------------------------------------- */

/*
 * A call through a bad pointer: nothing was executed at RIP, so the return address is still where
 * the call pushed it.
 */
static struct err *step_bad_call(struct unwind_state *state, struct step *ret)
{
	uint64_t sp = state->regs.value[REG_RSP], target;

	ret->regs = state->regs;
	TRY(unwind_read_return(state, sp, ret));
	if (!code_follows_call(state->kernel, ret->regs.value[REG_RIP], &target))
		return err_at(ERR_CORRUPT, sp, "no return address");
	regs_set(&ret->regs, REG_RSP, sp + 8);
	ret->source = FOUND_RESUMED;
	return NULL;
}

struct err *unwind_step_direct(struct unwind_state *state, struct step *ret)
{
	struct unwinder *unwinder = state->kernel->unwinder;
	uint64_t address = unwind_lookup_address(state);

	*ret = (struct step){0};
	if (unwinder->way == WAY_SCAN)
		return scan_step(state, ret);
	if (is_return_hook(unwinder, state->regs.value[REG_RIP]))
		return err_at(ERR_NOT_FOUND, state->regs.value[REG_RIP],
			      "a tracer hides the return address");
	if (code_is_text(state->kernel, address))
		return unwinder->way == WAY_ORC ? orc_step(unwinder->orc, state, ret)
						: fp_step(state, ret);
	if (!code_is_generated(state->kernel, address))
		return step_bad_call(state, ret);
	/* A trampoline has its original's data; what BPF's compiler writes keeps frame pointers. */
	if (unwinder->way == WAY_ORC && err_ok(orc_step(unwinder->orc, state, ret)))
		return NULL;
	*ret = (struct step){0};
	return fp_step_plain(state, ret);
}

/* Worth a search: the data is missing or wrong, not the memory. */
static bool can_resume(const struct unwind_state *state, const struct err *err)
{
	return state->resumes && (err->code == ERR_NOT_FOUND || err->code == ERR_CORRUPT);
}

static struct err *step(struct unwind_state *state, struct step *ret)
{
	struct err *err = unwind_step_direct(state, ret);

	if (!err || !can_resume(state, err))
		return err;
	state->resumes--;
	*ret = (struct step){0};
	if (!err_ok(scan_resume(state, ret)))
		return err;
	err_free(err);
	state->guessed |= ret->source == FOUND_SCAN;
	return NULL;
}

struct err *unwind_apply(struct unwind_state *state, const struct step *step)
{
	uint64_t from = state->regs.value[REG_RSP], to = step->regs.value[REG_RSP];
	struct stack before, after;

	state->regs = step->regs;
	state->exact = step->exact;
	if (regs_user_mode(&step->regs))
		return NULL;
	if (from >= state->stack.low && from < state->stack.high && to >= state->stack.low &&
	    to < state->stack.high) {
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

unsigned unwind_reach(const struct unwind_state *state, bool *ends)
{
	struct unwind_state copy = *state;
	struct step next;
	unsigned frames;

	*ends = false;
	for (frames = 1; frames < TRACE_MAX; frames++) {
		*ends = regs_user_mode(&copy.regs);
		if (*ends || !err_ok(unwind_step_direct(&copy, &next)))
			return frames;
		*ends = next.end;
		if (next.end || !err_ok(unwind_apply(&copy, &next)))
			return frames;
	}
	return frames;
}

/* --- traces ----------------------------------------------------------------------------------- */

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

static struct err *add_frame(struct trace *trace, size_t *capacity,
			     const struct unwind_state *state, const struct step *step)
{
	struct frame *frame;

	if (trace->count == *capacity) {
		size_t more = *capacity ? *capacity * 2 : 16;
		struct frame *frames = reallocarray(trace->frames, more, sizeof(*frames));

		if (!frames)
			return &err_nomem;
		trace->frames = frames;
		*capacity = more;
	}
	frame = &trace->frames[trace->count++];
	*frame = (struct frame){
		.address = state->regs.value[REG_RIP],
		.exact = state->exact,
		.sp = state->regs.value[REG_RSP],
		.return_slot = step->return_slot,
		.source = state->guessed ? FOUND_SCAN : step->source,
		.hooked = step->hooked,
		.pt_regs = step->pt_regs,
		.regs = state->regs,
	};
	if (regs_user_mode(&state->regs))
		frame->kind = FRAME_USER;
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
static struct err *follow(struct unwind_state *state, struct trace *trace, struct step *first)
{
	struct step next = *first;
	size_t capacity = 0;

	while (true) {
		TRY(add_frame(trace, &capacity, state, &next));
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
		TRY(unwind_apply(state, &next));
	}
}

struct err *unwind_from(struct unwind_state *state, struct trace *ret)
{
	struct step first = {.source = FOUND_REGISTERS};

	if (!state->kernel->unwinder)
		return err_new(ERR_INVALID, "no unwinder for this dump");
	if (!regs_known(&state->regs, REG_RIP) || !regs_known(&state->regs, REG_RSP)) {
		ret->stopped = err_new(ERR_NOT_FOUND, "no stack pointer to start from");
		return NULL;
	}
	state->resumes = RESUMES;
	stacks_find(state->kernel, state->regs.value[REG_RSP], &state->stack);
	ret->stopped = follow(state, ret, &first);
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

void trace_deinit(struct trace *trace)
{
	free(trace->frames);
	err_free(trace->stopped);
	*trace = (struct trace){0};
}

/* --- names ------------------------------------------------------------------------------------ */

const char *frame_kind_name(enum frame_kind kind)
{
	static const char *const names[] = {"call", "exception", "irq", "nmi", "entry", "user"};

	return names[kind];
}

const char *frame_source_name(enum frame_source source)
{
	static const char *const names[] = {"registers", "orc", "frame_pointer", "resumed", "scan"};

	return names[source];
}

double frame_confidence(enum frame_source source)
{
	static const double confidence[] = {1.0, 1.0, 0.95, 0.8, 0.3};

	return confidence[source];
}

uint64_t frame_lookup_address(const struct frame *frame)
{
	return frame->address - !frame->exact;
}
