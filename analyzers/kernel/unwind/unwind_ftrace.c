/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trampolines of the function tracer, told from the code they are copies of. */
#include "kernel/unwind/unwind_ftrace.h"

#include <string.h>

#include "kernel/insn/code.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"

/*
 * A tracer that is alone on its functions gets a trampoline: a copy of ftrace_caller or
 * ftrace_regs_caller (arch/x86/kernel/ftrace.c: create_trampoline). The copy has no unwind data,
 * but uses the stack as the code it was copied from does, which has.
 */
#define OPS_MAX 4096
#define SAME_BYTES 16 /* enough to tell the two templates apart */

static bool is_copy(struct kernel *kernel, const char *template, uint64_t trampoline, uint64_t *ret)
{
	uint8_t original[SAME_BYTES], copy[SAME_BYTES];

	return symbols_find(kernel->symbols, template, ret) &&
	       err_ok(memory_read(kernel->memory, *ret, original, sizeof(original))) &&
	       err_ok(memory_read(kernel->memory, trampoline, copy, sizeof(copy))) &&
	       !memcmp(original, copy, sizeof(copy));
}

static bool covers(struct kernel *kernel, uint64_t ops, uint64_t address, uint64_t *trampoline)
{
	uint64_t size;

	return err_ok(member_read(kernel, ops, MEMBER_FTRACE_OPS_TRAMPOLINE, trampoline)) &&
	       err_ok(member_read(kernel, ops, MEMBER_FTRACE_OPS_TRAMPOLINE_SIZE, &size)) &&
	       address >= *trampoline && address - *trampoline < size;
}

bool unwind_ftrace_origin(struct kernel *kernel, uint64_t address, uint64_t *ret)
{
	const struct member *next = members_get(kernel->members, MEMBER_FTRACE_OPS_NEXT);
	_chain_walk_ struct chain_walk walk = {.kernel = NULL};
	uint64_t first, trampoline, template;

	if (!next || !err_ok(variable_read(kernel, "ftrace_ops_list", 8, &first)))
		return false;
	chain_walk_init(&walk, kernel, first, member_offset(next), OPS_MAX);
	while (chain_walk_next(&walk)) {
		if (!covers(kernel, walk.node, address, &trampoline))
			continue;
		if (!is_copy(kernel, "ftrace_caller", trampoline, &template) &&
		    !is_copy(kernel, "ftrace_regs_caller", trampoline, &template))
			return false;
		*ret = template + (address - trampoline);
		return code_is_text(kernel, *ret);
	}
	return false;
}
