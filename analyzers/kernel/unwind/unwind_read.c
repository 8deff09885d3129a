/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an unwind reads from the stacks: words, pt_regs, return addresses. */
#include "kernel/unwind/unwind_read.h"

#include "kernel/insn/code.h"
#include "kernel/memory/memory.h"
#include "kernel/unwind/pt_regs.h"
#include "kernel/unwind/unwind_return.h"

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

struct err *unwind_read_regs(struct unwind_state *state, uint64_t address, struct regs *ret)
{
	uint8_t bytes[PT_REGS_SIZE_MAX];
	size_t size;

	TRY(pt_regs_size(state->kernel, &size));
	TRY(err_wrap(unwind_read_stack(state, address, bytes, size), "pt_regs"));
	pt_regs_decode(state->kernel, bytes, size, ret);
	return NULL;
}

struct err *unwind_read_return(struct unwind_state *state, uint64_t slot, struct unwind_step *ret)
{
	struct kernel *kernel = state->kernel;
	uint64_t address;

	TRY(unwind_read_word(state, slot, &address));
	if (unwind_return_is_hook(kernel->unwinder, address)) {
		ret->hooked = unwind_return_real(state, slot, &address);
		ret->exact = !ret->hooked; /* the hook's first instruction, behind no call */
	}
	if (!code_is_text(kernel, address - !ret->exact) &&
	    !code_is_generated(kernel, address - !ret->exact))
		return err_at(ERR_CORRUPT, slot, "no code's address where one was to return to");
	ret->return_slot = slot;
	regs_set(&ret->regs, REG_RIP, address);
	return NULL;
}
