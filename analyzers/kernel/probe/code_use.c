/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function does with the struct that its first argument points to. */
#include "kernel/probe/code_use.h"

#include <string.h>

#include "kernel/insn/flow.h"
#include "kernel/symbols/symbol.h"

#define MOVES_MAX 8u /* from register to register */
#define OFFSET_MAX 65536

/* A function's code, and the only offset found in it so far. */
struct use {
	struct kernel *kernel;
	struct flow *flow;
	uint64_t offset;
	unsigned found;
};

static struct err *begin(struct use *use, struct kernel *kernel, const char *function)
{
	uint64_t address;

	*use = (struct use){.kernel = kernel};
	if (!symbols_find(kernel->symbols, function, &address) ||
	    !TRY_OK(flow_open(kernel, address, &use->flow)))
		use->flow = NULL;
	return NULL;
}

static void end(struct use *use, bool *found, uint64_t *offset)
{
	*found = use->flow && use->found == 1 && !use->flow->indirect;
	*offset = use->offset;
	flow_close(use->flow);
}

static void note(struct use *use, int64_t offset)
{
	if (use->found && use->offset == (uint64_t)offset)
		return;
	use->offset = (uint64_t)offset;
	use->found++;
}

/* The instruction that gave a register its value, behind moves; false where that is not the only one. */
static bool source(struct use *use, enum reg reg, size_t index, size_t *at, enum reg *origin,
		   bool *entry)
{
	for (unsigned i = 0; i < MOVES_MAX; i++) {
		struct flow_definitions definitions;

		*origin = reg;
		flow_definitions(use->flow, (struct flow_place){.reg = reg}, index, &definitions);
		if (!flow_only(&definitions, at, entry))
			return false;
		const struct insn *insn = *entry ? NULL : &use->flow->insns[*at];
		if (*entry || insn->is_call || !insn_is(insn, "mov") || insn->operand_count != 2 ||
		    insn->operands[1].kind != OPERAND_REGISTER || insn->operands[1].size != 8)
			return true;
		reg = insn->operands[1].reg;
		index = *at;
	}
	return false;
}

static bool is_argument(struct use *use, enum reg reg, size_t index)
{
	enum reg origin;
	bool entry;
	size_t at;

	return source(use, reg, index, &at, &origin, &entry) && entry && origin == REG_RDI;
}

/* A member of the argument's struct. */
static bool is_member(struct use *use, size_t index, const struct operand *operand)
{
	return operand->kind == OPERAND_MEMORY && operand->index == REG_NONE && !operand->gs &&
	       !operand->fs && operand->base != REG_NONE && operand->base != REG_RIP &&
	       operand->base != REG_RSP && operand->displacement >= 0 &&
	       operand->displacement < OFFSET_MAX && is_argument(use, operand->base, index);
}

struct err *code_only_load(struct kernel *kernel, const char *function, unsigned size, bool *found,
			   uint64_t *offset)
{
	struct use use;

	TRY(begin(&use, kernel, function));
	for (size_t i = 0; use.flow && i < use.flow->count; i++) {
		const struct insn *insn = &use.flow->insns[i];

		for (unsigned j = 0; j < insn->operand_count; j++)
			if (insn->operands[j].read && insn->operands[j].size == size &&
			    is_member(&use, i, &insn->operands[j]))
				note(&use, insn->operands[j].displacement);
	}
	end(&use, found, offset);
	return NULL;
}

static bool is_result(struct use *use, enum reg reg, size_t index, uint64_t callee)
{
	enum reg origin;
	bool entry;
	size_t at;

	return source(use, reg, index, &at, &origin, &entry) && !entry && origin == REG_RAX &&
	       use->flow->insns[at].is_call && use->flow->insns[at].target == callee;
}

struct err *code_subtracted(struct kernel *kernel, const char *function, const char *callee,
			    bool *found, uint64_t *offset)
{
	struct use use;
	uint64_t target = 0;

	TRY(begin(&use, kernel, function));
	if (!symbols_find(kernel->symbols, callee, &target))
		target = 0;
	for (size_t i = 0; use.flow && target && i < use.flow->count; i++) {
		const struct insn *insn = &use.flow->insns[i];

		if (insn_is(insn, "sub") && insn->operand_count == 2 &&
		    insn->operands[0].kind == OPERAND_REGISTER && insn->operands[1].size == 8 &&
		    is_member(&use, i, &insn->operands[1]) &&
		    is_result(&use, insn->operands[0].reg, i, target))
			note(&use, insn->operands[1].displacement);
	}
	end(&use, found, offset);
	return NULL;
}

/* Does the instruction store the address of the argument's member at offset? */
static bool stores_address(struct use *use, size_t index, int64_t offset)
{
	const struct insn *insn = &use->flow->insns[index];
	enum reg origin;
	bool entry;
	size_t at;

	if (insn->operands[1].kind != OPERAND_REGISTER ||
	    !source(use, insn->operands[1].reg, index, &at, &origin, &entry))
		return false;
	if (entry)
		return origin == REG_RDI && offset == 0;
	insn = &use->flow->insns[at];
	return insn_is(insn, "lea") && insn->operand_count == 2 &&
	       insn->operands[1].displacement == offset && insn->operands[1].index == REG_NONE &&
	       is_argument(use, insn->operands[1].base, at);
}

/* "mov %rax,X(%rdi)", where RAX is the address of what is back bytes in front of X. */
static bool points_back(struct use *use, size_t index, int64_t back, int64_t *offset)
{
	const struct insn *insn = &use->flow->insns[index];
	const struct operand *to = &insn->operands[0];

	if (!insn_is(insn, "mov") || insn->operand_count != 2 || !to->written || to->size != 8 ||
	    !is_member(use, index, to) || to->displacement < back)
		return false;
	if (!stores_address(use, index, to->displacement - back))
		return false;
	*offset = to->displacement - back;
	return true;
}

struct err *code_list_head(struct kernel *kernel, const char *function, bool *found,
			   uint64_t *offset)
{
	int64_t next = -1, previous = -1;
	struct use use;

	TRY(begin(&use, kernel, function));
	for (size_t i = 0; use.flow && i < use.flow->count; i++) {
		if (points_back(&use, i, 0, &next) && previous == next)
			note(&use, next);
		else if (points_back(&use, i, 8, &previous) && previous == next)
			note(&use, next);
	}
	end(&use, found, offset);
	return NULL;
}
