/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the report of a stack's guard page back to the stack that met it. */
#include "kernel/unwind/unwind_guard.h"

#include <string.h>

#include "kernel/insn/code.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/unwind/pt_regs.h"

#define KERNEL_CS 0x10 /* arch/x86/include/asm/segment.h */
#define ALIGNED 16     /* the CPU aligns the stack before it pushes */

static bool is_reporter(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	return symbols_at(kernel->symbols, address, &symbol) &&
	       !strcmp(symbol.name, "handle_stack_overflow");
}

/* Registers that were saved where the stack pointer among them says. */
static bool read_saved(struct kernel *kernel, uint64_t at, size_t size, struct regs *ret)
{
	return !(at % 8) && err_ok(pt_regs_read(kernel, at, ret)) &&
	       ret->value[REG_CS] == KERNEL_CS && code_is_text(kernel, ret->value[REG_RIP]) &&
	       ret->value[REG_RSP] - (at + size) < ALIGNED;
}

#define BELOW 1024 /* bytes of the frames of those it has called: registers they saved */
#define ABOVE 64   /* and of its own */

bool unwind_guard_step(struct unwind_state *state, struct unwind_step *ret)
{
	uint64_t sp = state->regs.value[REG_RSP] & ~7ull, at;
	size_t size;

	if (!is_reporter(state->kernel, unwind_state_lookup_address(state)) ||
	    !err_ok(pt_regs_size(state->kernel, &size)))
		return false;
	for (uint64_t slot = sp - BELOW; slot < sp + ABOVE; slot += 8) {
		if (!err_ok(memory_read_u64(state->kernel->memory, slot, &at)))
			continue;
		*ret = (struct unwind_step){.exact = true, .pt_regs = at, .source = FOUND_RESUMED};
		if (read_saved(state->kernel, at, size, &ret->regs))
			return true;
	}
	return false;
}
