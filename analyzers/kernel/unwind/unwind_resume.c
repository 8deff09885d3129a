/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an unwind goes on behind code that has no unwind data. */
#include "kernel/unwind/unwind_resume.h"

#include <string.h>

#include "kernel/insn/prologue.h"
#include "kernel/symbols/symbol.h"
#include "kernel/unwind/trace.h"
#include "kernel/unwind/unwind_read.h"
#include "kernel/unwind/unwind_scan.h"
#include "kernel/unwind/unwind_step.h"

/*
 * Some code has no unwind data: __crash_kexec(), in which every panic() ends, assembly, functions
 * objtool was told to leave alone. The caller's place is then the nearest return address on the
 * stack that
 *   - follows a call of this very function, and from which plain unwinding reaches an end, or else
 *   - follows a call of this very function and is good for some frames (then comes another gap),
 *     or else
 *   - follows a call through a pointer, which may have been of this function, and reaches an end:
 *     old stacks are full of such, so from there on nothing is better than a scan.
 * A call of another function proves that the address is not our caller's; where RIP itself is
 * garbage nothing is known of the function, and any call will do. What lies in between belongs to
 * the function. Its prologue tells where it saved RBP.
 */
enum rank { RANK_NONE, RANK_MAY_CALL_US, RANK_CALLS_US, RANK_BOTH };
#define ENOUGH_FRAMES 2

/* Calls through pointers go through these where Spectre is kept out (arch/x86/lib/retpoline.S). */
static bool is_thunk(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	return symbols_at(kernel->symbols, address, &symbol) &&
	       !strncmp(symbol.name, "__x86_", strlen("__x86_"));
}

/* RBP as the caller had it: from where the prologue saved it, else as it is. */
static struct err *restore_rbp(struct unwind_state *state, const struct prologue *prologue,
			       struct unwind_step *step)
{
	uint64_t saved = prologue_slot(prologue, REG_RBP, step->return_slot), value;

	if (saved && TRY_OK(unwind_read_word(state, saved, &value)))
		regs_set(&step->regs, REG_RBP, value);
	else if (!saved && regs_known(&state->regs, REG_RBP))
		regs_set(&step->regs, REG_RBP, state->regs.value[REG_RBP]);
	return NULL;
}

static struct err *rank(const struct unwind_state *state, const struct unwind_step *step,
			bool calls_us, enum rank *ret)
{
	struct unwind_state copy = *state;
	unsigned frames;
	bool ends = false;

	*ret = RANK_NONE;
	if (!TRY_OK(unwind_step_apply(&copy, step)))
		return NULL;
	TRY(unwind_step_reach(&copy, &frames, &ends));
	ends |= frames == TRACE_MAX;
	if (ends)
		*ret = calls_us ? RANK_BOTH : RANK_MAY_CALL_US;
	else if (calls_us && frames >= ENOUGH_FRAMES)
		*ret = RANK_CALLS_US;
	return NULL;
}

/* The function whose caller is searched for. */
struct callee {
	bool known;
	uint64_t start;
	struct prologue prologue;
};

static struct err *find_callee(struct unwind_state *state, struct callee *ret)
{
	struct symbol symbol;

	*ret = (struct callee){0};
	ret->known =
		symbols_at(state->kernel->symbols, unwind_state_lookup_address(state), &symbol);
	if (!ret->known)
		return NULL;
	ret->start = symbol.address;
	/* Of code that cannot be read no pushes are known. */
	(void)TRY_OK(prologue_read(state->kernel, symbol.address, 0, &ret->prologue));
	return NULL;
}

/* The step to a place that may be the caller's, and how much speaks for it. */
static struct err *judge(struct unwind_state *state, const struct callee *callee,
			 const struct unwind_hit *hit, enum rank best, struct unwind_step *step,
			 enum rank *ret)
{
	bool calls_us = callee->known && hit->target == callee->start;

	*ret = RANK_NONE;
	if (!calls_us &&
	    (best || (callee->known && hit->target && !is_thunk(state->kernel, hit->target))))
		return NULL;
	unwind_scan_take(state, hit, calls_us ? FOUND_RESUMED : FOUND_SCAN, step);
	if (callee->known)
		TRY(restore_rbp(state, &callee->prologue, step));
	return rank(state, step, calls_us, ret);
}

#define CANDIDATES 64

struct err *unwind_resume(struct unwind_state *state, struct unwind_step *ret)
{
	uint64_t at = state->regs.value[REG_RSP];
	enum rank best = RANK_NONE, this;
	struct unwind_step step;
	struct unwind_hit hit;
	struct callee callee;

	TRY(find_callee(state, &callee));
	for (unsigned i = 0; i < CANDIDATES && best < RANK_BOTH; i++, at = hit.slot + 8) {
		if (!TRY_OK(unwind_scan_next(state, at, &hit)))
			break;
		TRY(judge(state, &callee, &hit, best, &step, &this));
		if (this > best) {
			best = this;
			*ret = step;
		}
	}
	return best ? NULL : err_at(ERR_NOT_FOUND, at, "no place to go on from");
}
