/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows what a register holds back to where a function has it from. */
#include "kernel/probe/code_origin.h"

#define STEPS_MAX 12u /* from register to register */

static const enum reg arguments[CODE_ARGUMENTS] = {REG_RDI, REG_RSI, REG_RDX,
						   REG_RCX, REG_R8,  REG_R9};

enum reg code_argument(unsigned number)
{
	return number && number <= CODE_ARGUMENTS ? arguments[number - 1] : REG_NONE;
}

static bool of_argument(enum reg reg, struct code_origin *ret)
{
	for (unsigned i = 0; i < CODE_ARGUMENTS; i++)
		if (arguments[i] == reg) {
			ret->source = FROM_ARGUMENT;
			ret->argument = i + 1;
			return true;
		}
	return false;
}

/* A name's address alone: what lies inside a variable is another matter. */
static bool of_variable(struct kernel *kernel, enum code_source source, uint64_t address,
			struct code_origin *ret)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, address, &symbol) || symbol.module[0])
		return false;
	ret->source = source;
	ret->symbol = symbol.address;
	ret->offset += (int64_t)(address - symbol.address);
	return source == FROM_VARIABLE || address == symbol.address;
}

/* current_task; first in pcpu_hot from e57ef2ed97c1 (v6.2) to 46e8fff6d45f (v6.15). */
static bool is_current(struct kernel *kernel, const struct operand *operand, uint64_t next)
{
	uint64_t variable, address = (uint64_t)operand->displacement;

	if (operand->index != REG_NONE || (operand->base != REG_RIP && operand->base != REG_NONE))
		return false;
	if (operand->base == REG_RIP)
		address += next;
	return (symbols_find(kernel->symbols, "pcpu_hot", &variable) ||
		symbols_find(kernel->symbols, "current_task", &variable)) &&
	       address == variable;
}

static bool trace(struct kernel *kernel, struct flow *flow, enum reg reg, size_t index, bool loaded,
		  struct code_origin *ret);

/* What a load of a pointer has read: another struct's member, a variable, the current task. */
static bool of_load(struct kernel *kernel, struct flow *flow, const struct operand *from,
		    size_t index, bool loaded, struct code_origin *ret)
{
	const struct insn *insn = &flow->insns[index];
	uint64_t next = insn->address + insn->size;
	int64_t behind = ret->offset;

	if (from->gs) {
		ret->source = FROM_CURRENT;
		return is_current(kernel, from, next);
	}
	if (from->fs || from->index != REG_NONE || from->base == REG_RSP)
		return false;
	ret->offset = 0;
	if (from->base == REG_RIP || from->base == REG_NONE) {
		uint64_t address = (uint64_t)from->displacement;

		if (!of_variable(kernel, FROM_POINTER, address + (from->base == REG_RIP ? next : 0),
				 ret))
			return false;
	} else {
		if (loaded || !trace(kernel, flow, from->base, index, true, ret) || ret->loaded)
			return false;
		ret->loaded = true;
		ret->via = ret->offset + from->displacement;
	}
	ret->offset = behind;
	return true;
}

static bool of_lea(struct kernel *kernel, const struct insn *insn, const struct operand *from,
		   struct code_origin *ret)
{
	return of_variable(kernel, FROM_VARIABLE,
			   (uint64_t)from->displacement + insn->address + insn->size, ret);
}

/* One step back: false when it ended, *done when that is where the value is from. */
static bool step(struct kernel *kernel, struct flow *flow, enum reg *reg, size_t at, bool loaded,
		 struct code_origin *ret, bool *done)
{
	const struct insn *insn = &flow->insns[at];
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];

	if (insn->is_call) {
		ret->source = FROM_RESULT;
		ret->symbol = insn->target;
		return *done = *reg == REG_RAX && insn->target;
	}
	if (insn->operand_count != 2 || to->kind != OPERAND_REGISTER || to->reg != *reg)
		return false;
	if (insn_is(insn, "lea") && from->index == REG_NONE && !from->gs &&
	    from->base != REG_NONE && from->base != REG_RSP) {
		if (from->base == REG_RIP)
			return *done = of_lea(kernel, insn, from, ret);
		ret->offset += from->displacement;
		*reg = from->base;
		return true;
	}
	if (from->kind == OPERAND_IMMEDIATE && (insn_is(insn, "add") || insn_is(insn, "sub"))) {
		ret->offset += insn_is(insn, "add") ? from->immediate : -from->immediate;
		return true;
	}
	if (!insn_is(insn, "mov") && !insn_is(insn, "movabs"))
		return false;
	if (from->kind == OPERAND_IMMEDIATE)
		return *done = of_variable(kernel, FROM_VARIABLE, (uint64_t)from->immediate, ret);
	if (from->size != 8)
		return false;
	if (from->kind == OPERAND_MEMORY)
		return *done = of_load(kernel, flow, from, at, loaded, ret);
	*reg = from->reg;
	return true;
}

static bool trace(struct kernel *kernel, struct flow *flow, enum reg reg, size_t index, bool loaded,
		  struct code_origin *ret)
{
	bool done = false;

	*ret = (struct code_origin){0};
	for (unsigned i = 0; i < STEPS_MAX && !done; i++) {
		struct flow_definitions definitions;
		size_t at;
		bool entry;

		flow_definitions(flow, (struct flow_place){.reg = reg}, index, &definitions);
		if (!flow_only(&definitions, &at, &entry))
			return false;
		if (entry)
			return of_argument(reg, ret);
		if (!step(kernel, flow, &reg, at, loaded, ret, &done))
			return false;
		index = at;
	}
	return done;
}

bool code_origin(struct kernel *kernel, struct flow *flow, enum reg reg, size_t index,
		 struct code_origin *ret)
{
	return trace(kernel, flow, reg, index, false, ret);
}

bool code_operand_origin(struct kernel *kernel, struct flow *flow, const struct operand *operand,
			 size_t index, struct code_origin *ret)
{
	const struct insn *insn = &flow->insns[index];

	*ret = (struct code_origin){0};
	if (operand->kind != OPERAND_MEMORY || operand->gs || operand->fs ||
	    operand->index != REG_NONE || operand->base == REG_RSP)
		return false;
	if (operand->base == REG_RIP || operand->base == REG_NONE)
		return of_variable(
			kernel, FROM_VARIABLE,
			(uint64_t)operand->displacement +
				(operand->base == REG_RIP ? insn->address + insn->size : 0),
			ret);
	if (!code_origin(kernel, flow, operand->base, index, ret))
		return false;
	ret->offset += operand->displacement;
	return true;
}
