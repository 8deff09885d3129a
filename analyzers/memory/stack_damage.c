/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes of a function's frame were overwritten, for one whose canary was found changed. */
#include "memory/stack_damage.h"

#include <string.h>

#include "base/str.h"
#include "kernel/insn/flow.h"
#include "kernel/memory/memory.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "memory/value.h"

#define STRETCH_MAX 4096 /* bytes, each way */
#define NEAR 12		 /* instructions from one that takes an address to the call that gets it */

/* The frame whose function called __stack_chk_fail(). */
static bool find_frame(const struct crash *crash, size_t *ret)
{
	struct symbol symbol;

	for (*ret = 1; *ret < crash->trace.count; ++*ret)
		if (crash_frame_symbol(crash, *ret - 1, &symbol) &&
		    !strcmp(symbol.name, "__stack_chk_fail"))
			return true;
	return false;
}

/* The slot that a value read relative to GS is put into: the canary's. */
static bool canary_slot(const struct flow *flow, int64_t *ret)
{
	const struct operand *source;

	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *load = &flow->insns[i];

		if (!insn_is(load, "mov") || load->operand_count != 2 || !load->operands[1].gs ||
		    load->operands[0].kind != OPERAND_REGISTER)
			continue;
		for (size_t j = i + 1; j < MIN(flow->count, i + NEAR); j++)
			if (flow_store(flow, j, ret, &source) && source->kind == OPERAND_REGISTER &&
			    source->reg == load->operands[0].reg)
				return true;
	}
	return false;
}

static bool alike(struct kernel *kernel, uint64_t at, uint64_t word)
{
	uint64_t other;

	return err_ok(memory_read_u64(kernel->memory, at, &other)) && value_alike(other, word);
}

static void measure(struct kernel *kernel, uint64_t low, struct stack_damage *ret)
{
	ret->from = ret->canary_at;
	ret->to = ret->canary_at + 8;
	while (ret->from > low && alike(kernel, ret->from - 8, ret->found))
		ret->from -= 8;
	while (ret->to < ret->canary_at + STRETCH_MAX && alike(kernel, ret->to, ret->found))
		ret->to += 8;
}

/* Who is called next, after the address of a buffer was taken. */
static void find_user(struct kernel *kernel, const struct flow *flow, size_t at,
		      struct stack_damage *ret)
{
	struct symbol symbol;

	for (size_t i = at + 1; i < MIN(flow->count, at + NEAR); i++) {
		if (!flow->insns[i].is_call)
			continue;
		if (flow->insns[i].target &&
		    symbols_at(kernel->symbols, flow->insns[i].target, &symbol))
			copy_string(ret->given_to, sizeof(ret->given_to), symbol.name);
		return;
	}
}

/* The nearest address on the stack, at or below the first byte, that the code works out. */
static void find_buffer(struct kernel *kernel, const struct flow *flow, uint64_t return_slot,
			struct stack_damage *ret)
{
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];
		int64_t slot, depth;

		if (insn_is(insn, "lea") && insn->operand_count == 2) {
			if (!flow_slot(flow, i, &insn->operands[1], &slot))
				continue;
		} else if (insn_is(insn, "mov") && insn->operand_count == 2 &&
			   insn->operands[1].kind == OPERAND_REGISTER &&
			   insn->operands[1].reg == REG_RSP && flow_depth(flow, i, &depth)) {
			slot = -depth;
		} else {
			continue;
		}
		uint64_t at = return_slot + (uint64_t)slot;
		if (at > ret->from || at <= ret->buffer || slot >= 0)
			continue;
		ret->buffer = at;
		ret->given_to[0] = '\0';
		find_user(kernel, flow, i, ret);
	}
}

bool stack_damage_find(const struct crash *crash, struct stack_damage *ret)
{
	struct kernel *kernel = crash->kernel;
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;
	int64_t slot, depth;
	size_t frame;

	*ret = (struct stack_damage){0};
	if (crash->report || !find_frame(crash, &frame))
		return false;
	const struct frame *victim = &crash->trace.frames[frame];
	if (victim->sp % 8 || !err_ok(flow_open(kernel, victim->address - 1, &flow)))
		return false;
	ssize_t call = flow_index_before(flow, victim->address);
	if (call < 0 || !flow_depth(flow, (size_t)call, &depth) || !canary_slot(flow, &slot))
		return false;
	uint64_t return_slot = victim->sp + (uint64_t)depth;
	ret->canary_at = return_slot + (uint64_t)slot;
	if (!err_ok(memory_read_u64(kernel->memory, ret->canary_at, &ret->found)))
		return false;
	ret->known = crash->task && err_ok(member_read(kernel, crash->task->address,
						       MEMBER_TASK_CANARY, &ret->good));
	if (ret->known && ret->good == ret->found)
		return false;
	copy_string(ret->function, sizeof(ret->function), flow->symbol.name);
	measure(kernel, victim->sp, ret);
	find_buffer(kernel, flow, return_slot, ret);
	return true;
}
