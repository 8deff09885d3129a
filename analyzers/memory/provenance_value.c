/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a register held at some place before the crash: it still holds it, or a copy is left in
 * another register, or the code computes it again.
 */
#include "memory/provenance_value.h"

#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"

/* Nothing wrote it between the point and the scope's own place. */
static bool still_there(const struct point *point, enum reg reg)
{
	struct flow *flow = point->scope->flow;

	for (; point->later; point = point->later)
		if (flow_defines(flow, point->index, provenance_in_register(reg)) ||
		    !flow_unchanged(flow, provenance_in_register(reg), point->index,
				    point->later->index))
			return false;
	return true;
}

#define STRAIGHT_MAX 64 /* instructions */

bool provenance_straight(const struct point *point, enum reg reg)
{
	const struct flow *flow = point->scope->flow;

	if (point->index > point->scope->at || point->scope->at - point->index > STRAIGHT_MAX)
		return false;
	for (size_t i = point->index; i < point->scope->at; i++) {
		const struct insn *insn = &flow->insns[i];

		if (insn->is_call || insn->is_return || insn->is_trap ||
		    (insn->is_jump && !insn->is_conditional) ||
		    insn->address + insn->size != flow->insns[i + 1].address ||
		    flow_defines(flow, i, provenance_in_register(reg)))
			return false;
	}
	return true;
}

/* The register that an instruction copies all of from into; REG_NONE when it does not. */
static enum reg copy_target(const struct insn *insn, enum reg from)
{
	const struct operand *to = &insn->operands[0], *source = &insn->operands[1];

	return insn_is(insn, "mov") && insn->operand_count == 2 && to->kind == OPERAND_REGISTER &&
			       to->size == 8 && source->kind == OPERAND_REGISTER &&
			       source->reg == from
		       ? to->reg
		       : REG_NONE;
}

static bool same_definition(const struct flow_definitions *a, const struct flow_definitions *b)
{
	size_t at_a, at_b;
	bool entry_a, entry_b;

	return flow_only(a, &at_a, &entry_a) && flow_only(b, &at_b, &entry_b) &&
	       entry_a == entry_b && (entry_a || at_a == at_b);
}

/*
 * A copy in another register that still holds it: the copying move is that register's only
 * definition, and reg had the same single definition at the move as it has at the point.
 */
static bool value_of_copy(const struct point *point, enum reg reg,
			  const struct flow_definitions *set, uint64_t *ret)
{
	struct scope *scope = point->scope;
	struct flow_definitions at_copy, of_copy;

	for (size_t i = 0; i < scope->flow->count; i++) {
		enum reg copy = copy_target(&scope->flow->insns[i], reg);
		size_t at;
		bool entry;

		if (copy == REG_NONE || !regs_known(&scope->regs, copy))
			continue;
		flow_definitions(scope->flow, provenance_in_register(reg), i, &at_copy);
		flow_definitions(scope->flow, provenance_in_register(copy), scope->at, &of_copy);
		if (!same_definition(&at_copy, set) || !flow_only(&of_copy, &at, &entry) || entry ||
		    at != i)
			continue;
		*ret = scope->regs.value[copy];
		return true;
	}
	return false;
}

/*
 * --- callers -----------------------------------------------------------------------------------
 */

bool provenance_call_target(struct walk *walk, struct scope *caller, uint64_t *ret)
{
	const struct insn *insn = &caller->flow->insns[caller->at];
	struct point point = {caller, caller->at, NULL};
	struct known known;

	if (insn->target) {
		enum reg reg = provenance_thunk_register(walk, insn->target);

		*ret = insn->target;
		if (reg == REG_NONE)
			return true;
		if (!provenance_register_value(walk, &point, reg, &known))
			return false;
	} else if (!insn->operand_count ||
		   !provenance_operand_value(walk, &point, &insn->operands[0], &known)) {
		return false;
	}
	*ret = known.value;
	return true;
}

static struct scope *find_caller(struct walk *walk, struct scope *scope)
{
	uint64_t target;

	scope->why = provenance_scope_obstacle(&walk->crash->trace, scope->frame);
	if (scope->why)
		return NULL;
	if (walk->scope_count + 2 > SCOPES_MAX) {
		scope->why = "too many callers";
		return NULL;
	}
	struct regs regs = provenance_regs_at_entry(walk, scope);
	struct scope *caller = provenance_add_frame(walk, scope->frame + 1, &regs);
	if (!caller) {
		scope->why = "its caller's code cannot be read";
		return NULL;
	}
	scope->link = LINK_CALL;
	if (!provenance_call_target(walk, caller, &target)) {
		scope->link = LINK_POINTER;
		return caller;
	}
	if (provenance_leads_to(walk, target, scope))
		return caller;
	struct scope *tail = provenance_add_tail_caller(walk, scope, target);
	if (!tail) {
		scope->link = LINK_NONE;
		scope->why = "its caller called another function, which jumped here";
		return NULL;
	}
	tail->link = LINK_CALL;
	tail->caller = caller;
	return tail;
}

struct scope *provenance_caller(struct walk *walk, struct scope *scope)
{
	if (scope->link == LINK_UNKNOWN) {
		scope->link = LINK_NONE;
		scope->caller = find_caller(walk, scope);
	}
	return scope->caller;
}

/* What it held on entry, by the caller: arguments, and registers that calls preserve. */
static bool value_from_caller(struct walk *walk, struct scope *scope, enum reg reg,
			      struct known *ret)
{
	struct scope *caller = provenance_caller(walk, scope);
	struct point point = {caller, caller ? caller->at : 0, NULL};

	return caller && scope->link == LINK_CALL &&
	       provenance_register_value(walk, &point, reg, ret);
}

static bool find_value(struct walk *walk, const struct point *point, enum reg reg,
		       struct known *ret)
{
	struct scope *scope = point->scope;
	struct flow_definitions set;
	size_t at;
	bool entry;
	int64_t depth;

	if (reg == REG_RSP && scope->entry_sp && flow_depth(scope->flow, point->index, &depth)) {
		ret->value = scope->entry_sp - (uint64_t)depth;
		return true;
	}
	if (regs_known(&scope->regs, reg) && still_there(point, reg)) {
		ret->value = scope->regs.value[reg];
		return true;
	}
	flow_definitions(scope->flow, provenance_in_register(reg), point->index, &set);
	if (!flow_only(&set, &at, &entry))
		return false;
	if ((entry || !flow_in_loop(scope->flow, at)) &&
	    value_of_copy(point, reg, &set, &ret->value))
		return true;
	if (entry)
		return value_from_caller(walk, scope, reg, ret);
	return provenance_value_after(walk, &(struct point){scope, at, point}, reg, ret);
}

bool provenance_register_value(struct walk *walk, const struct point *point, enum reg reg,
			       struct known *ret)
{
	*ret = (struct known){0};
	if (reg >= REG_RIP || !walk->budget || walk->depth == WALK_DEPTH)
		return false;
	walk->budget--;
	walk->depth++;
	bool found = find_value(walk, point, reg, ret);
	walk->depth--;
	return found;
}

/* --- operands --------------------------------------------------------------------------------- */

static bool gs_base(struct walk *walk, uint64_t *ret)
{
	const struct crash *crash = walk->crash;

	if (walk->kernel->percpu && crash->cpu >= 0)
		return err_ok(percpu_address(walk->kernel->percpu, 0, (unsigned)crash->cpu, ret));
	*ret = crash->regs.value[REG_GS_BASE];
	return regs_known(&crash->regs, REG_GS_BASE);
}

static bool need(struct walk *walk, const struct point *point, enum reg reg, struct regs *regs,
		 struct known *ret)
{
	struct known known;

	if (reg >= REG_RIP)
		return true;
	if (!provenance_register_value(walk, point, reg, &known))
		return false;
	regs_set(regs, reg, known.value);
	ret->reread |= known.reread;
	return true;
}

bool provenance_operand_address(struct walk *walk, const struct point *point,
				const struct operand *operand, struct known *ret)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];
	struct regs regs = {0};
	uint64_t base;

	*ret = (struct known){0};
	if (operand->gs && gs_base(walk, &base))
		regs_set(&regs, REG_GS_BASE, base);
	return need(walk, point, operand->base, &regs, ret) &&
	       need(walk, point, operand->index, &regs, ret) &&
	       insn_operand_address(insn, operand, &regs, &ret->value);
}

bool provenance_operand_value(struct walk *walk, const struct point *point,
			      const struct operand *operand, struct known *ret)
{
	uint64_t address;

	*ret = (struct known){0};
	if (operand->kind == OPERAND_IMMEDIATE) {
		ret->value = (uint64_t)operand->immediate;
		return true;
	}
	if (operand->kind == OPERAND_REGISTER)
		return provenance_register_value(walk, point, operand->reg, ret);
	if (!provenance_operand_address(walk, point, operand, ret) || operand->size > 8)
		return false;
	address = ret->value;
	ret->reread = true;
	return err_ok(memory_read_uint(walk->kernel->memory, address, operand->size, &ret->value));
}

/* --- forward ---------------------------------------------------------------------------------- */

static uint64_t cut(uint64_t value, unsigned size)
{
	return size >= 8 ? value : value & ((1ull << 8 * size) - 1);
}

static uint64_t extend(uint64_t value, unsigned size)
{
	unsigned shift = size >= 8 ? 0 : 64 - 8 * size;

	return (uint64_t)((int64_t)(value << shift) >> shift);
}

/* The result of moves, which depends on the source operand alone. */
static bool result_of_move(const struct insn *insn, uint64_t value, uint64_t *ret)
{
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];

	if (to->size < 4)
		return false;
	if (!strncmp(insn->mnemonic, "movs", 4))
		*ret = cut(extend(value, from->size), to->size);
	else if (insn_is(insn, "mov") || insn_is(insn, "movabs") ||
		 !strncmp(insn->mnemonic, "movz", 4))
		*ret = cut(cut(value, from->kind == OPERAND_IMMEDIATE ? 8 : from->size), to->size);
	else
		return false;
	return true;
}

static bool result_of_two(const struct insn *insn, uint64_t a, uint64_t b, uint64_t *ret)
{
	if (insn_is(insn, "add"))
		*ret = a + b;
	else if (insn_is(insn, "sub"))
		*ret = a - b;
	else if (insn_is(insn, "xor"))
		*ret = a ^ b;
	else if (insn_is(insn, "and"))
		*ret = a & b;
	else if (insn_is(insn, "or"))
		*ret = a | b;
	else if (insn_is(insn, "shl"))
		*ret = a << (b & 63);
	else
		return false;
	*ret = cut(*ret, insn->operands[0].size);
	return true;
}

bool provenance_value_after(struct walk *walk, const struct point *point, enum reg reg,
			    struct known *ret)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];
	struct known a, b;

	*ret = (struct known){0};
	if (insn_is(insn, "bswap") && to->size == 8) {
		if (!provenance_register_value(walk, point, reg, ret))
			return false;
		ret->value = __builtin_bswap64(ret->value);
		return true;
	}
	if (insn->operand_count != 2 || to->kind != OPERAND_REGISTER || to->reg != reg ||
	    to->size < 4)
		return false;
	if (insn_is(insn, "xor") && from->kind == OPERAND_REGISTER && from->reg == reg)
		return true;
	if (insn_is(insn, "lea"))
		return provenance_operand_address(walk, point, from, ret);
	if (!provenance_operand_value(walk, point, from, &b))
		return false;
	ret->reread = b.reread;
	if (result_of_move(insn, b.value, &ret->value))
		return true;
	if (!provenance_register_value(walk, point, reg, &a))
		return false;
	ret->reread |= a.reread;
	return result_of_two(insn, a.value, b.value, &ret->value);
}
