/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unwinding by a search for return addresses, the last resort. */
#include "kernel/unwind/unwind_scan.h"

#include "kernel/insn/code.h"
#include "kernel/unwind/unwind_read.h"

#define SCAN_WORDS 4096 /* of one search: twice the largest stack but KASAN's */

struct err *unwind_scan_next(struct unwind_state *state, uint64_t address, struct unwind_hit *ret)
{
	bool called;

	address = (address + 7) & ~UINT64_C(7);
	for (unsigned i = 0; i < SCAN_WORDS; i++, address += 8) {
		if (state->stack.kind != STACK_NONE && address >= state->stack.high)
			break;
		TRY(unwind_read_word(state, address, &ret->value));
		if (!code_is_text(state->kernel, ret->value))
			continue;
		TRY(code_follows_call(state->kernel, ret->value, &called, &ret->target));
		if (!called)
			continue;
		ret->slot = address;
		return NULL;
	}
	return err_at(ERR_NOT_FOUND, address, "no further return address on the stack");
}

void unwind_scan_take(const struct unwind_state *state, const struct unwind_hit *hit,
		      enum frame_source source, struct unwind_step *ret)
{
	*ret = (struct unwind_step){.return_slot = hit->slot, .source = source};
	regs_set(&ret->regs, REG_RIP, hit->value);
	regs_set(&ret->regs, REG_RSP, hit->slot + 8);
	if (regs_known(&state->regs, REG_CS))
		regs_set(&ret->regs, REG_CS, state->regs.value[REG_CS]);
}

struct err *unwind_scan_step(struct unwind_state *state, struct unwind_step *ret)
{
	struct unwind_hit hit;

	TRY(unwind_scan_next(state, state->regs.value[REG_RSP], &hit));
	unwind_scan_take(state, &hit, FOUND_SCAN, ret);
	return NULL;
}
