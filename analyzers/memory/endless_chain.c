/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain that leads back into itself, by the code that goes along it. */
#include "memory/endless_chain.h"

#include "kernel/insn/flow.h"
#include "kernel/memory/memory.h"
#include "memory/kernel_pointer.h"

#define STEPS_MAX 200000 /* along the chain */

/* "mov 0x8(%rax),%rax", the offset being a link's */
static bool follows_link(const struct insn *insn)
{
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];

	return insn_is(insn, "mov") && insn->operand_count == 2 && to->kind == OPERAND_REGISTER &&
	       to->size == 8 && from->kind == OPERAND_MEMORY && from->base == to->reg &&
	       from->index == REG_NONE && !from->gs && !from->fs && from->displacement >= 0;
}

/* "test %rax,%rax", and a jump by what comes of it */
static bool compares_with_null(const struct flow *flow, size_t index, enum reg reg)
{
	const struct insn *test = &flow->insns[index];

	return index + 1 < flow->count && insn_is(test, "test") && test->operand_count == 2 &&
	       test->operands[0].kind == OPERAND_REGISTER && test->operands[0].reg == reg &&
	       test->operands[1].kind == OPERAND_REGISTER && test->operands[1].reg == reg &&
	       flow->insns[index + 1].is_conditional;
}

static bool next(struct memory *memory, uint64_t offset, uint64_t *node)
{
	return kernel_pointer_is(memory, *node) &&
	       err_ok(memory_read_u64(memory, *node + offset, node));
}

/* How many nodes the circle has that the chain ends in: Brent's search. */
static bool find_length(struct memory *memory, uint64_t start, struct endless_chain *ret)
{
	uint64_t tortoise = start, hare = start, power = 1, length = 1;

	if (!next(memory, ret->offset, &hare))
		return false;
	for (unsigned steps = 0; hare != tortoise; steps++, length++) {
		if (steps == STEPS_MAX)
			return false;
		if (length == power) {
			tortoise = hare;
			power *= 2;
			length = 0;
		}
		if (!next(memory, ret->offset, &hare))
			return false;
	}
	ret->length = length;
	return true;
}

/* Two that go length nodes apart meet where the circle begins. */
static bool find_circle(struct memory *memory, uint64_t start, struct endless_chain *ret)
{
	uint64_t ahead = start;

	if (!find_length(memory, start, ret))
		return false;
	for (uint64_t i = 0; i < ret->length; i++)
		if (!next(memory, ret->offset, &ahead))
			return false;
	ret->node = start;
	while (ret->node != ahead)
		if (!next(memory, ret->offset, &ret->node) || !next(memory, ret->offset, &ahead))
			return false;
	return true;
}

bool endless_chain_find(const struct crash *crash, struct endless_chain *ret)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;
	const struct regs *regs = crash_regs(crash);

	if (!regs || !regs_known(regs, REG_RIP) ||
	    !err_ok(flow_open(crash->kernel, regs->value[REG_RIP], &flow)))
		return false;
	ssize_t at = flow_index(flow, regs->value[REG_RIP]);
	if (at < 0 || !flow_in_loop(flow, (size_t)at))
		return false;
	for (size_t i = 0; i + 1 < flow->count; i++) {
		const struct operand *operands = flow->insns[i].operands;

		if (!follows_link(&flow->insns[i]) || !regs_known(regs, operands[0].reg) ||
		    !compares_with_null(flow, i + 1, operands[0].reg) || !flow_in_loop(flow, i))
			continue;
		*ret = (struct endless_chain){.offset = (uint64_t)operands[1].displacement};
		if (find_circle(crash->kernel->memory, regs->value[operands[0].reg], ret))
			return true;
	}
	return false;
}
