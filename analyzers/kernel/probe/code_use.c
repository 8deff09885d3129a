/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function does with the members of a struct. */
#include "kernel/probe/code_use.h"

#include "kernel/symbols/symbol.h"

#define OFFSET_MAX (1 << 20)
#define CODE_MAX                                                                                   \
	1500u /* instructions of a function: all that it takes to follow them is bounded so */

/* A function's code, the rule, and the only offset that fits so far. */
struct use {
	struct kernel *kernel;
	struct flow *flow;
	const struct code_rule *rule;
	uint64_t symbol, callee; /* addresses of the rule's */
	uint64_t offset;
	unsigned found;
};

static void note(struct use *use, int64_t offset)
{
	if (use->found && use->offset == (uint64_t)offset)
		return;
	use->offset = (uint64_t)offset;
	use->found++;
}

/* Is it from where the rule says? What comes by another pointer, is another struct. */
static bool is_struct(const struct use *use, const struct code_origin *origin)
{
	const struct code_rule *rule = use->rule;

	return origin->source == rule->source && origin->argument == rule->argument &&
	       (!rule->symbol || origin->symbol == use->symbol) && origin->loaded == rule->loaded &&
	       origin->via == (rule->loaded ? rule->via : 0);
}

static bool is_member(struct use *use, size_t index, const struct operand *operand, int64_t *offset)
{
	struct code_origin origin;

	*offset = 0;
	if (operand->kind != OPERAND_MEMORY || operand->size != use->rule->number ||
	    !code_operand_origin(use->kernel, use->flow, operand, index, &origin) ||
	    !is_struct(use, &origin))
		return false;
	*offset = origin.offset;
	return true;
}

static void find_accesses(struct use *use, size_t index)
{
	const struct insn *insn = &use->flow->insns[index];
	int64_t offset;

	for (unsigned i = 0; i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];

		if ((use->rule->use == USE_LOAD ? operand->read : operand->written) &&
		    is_member(use, index, operand, &offset))
			note(use, offset);
	}
}

/* The struct's own address, given on, is no member's. */
static void find_argument(struct use *use, size_t index)
{
	const struct insn *insn = &use->flow->insns[index];
	const struct code_rule *rule = use->rule;
	struct code_origin origin;

	if (insn->target != use->callee || !(insn->is_call || insn->is_jump) ||
	    !code_origin(use->kernel, use->flow, code_argument(rule->number), index, &origin))
		return;
	if (rule->use == USE_PASS_TO) {
		int64_t via = origin.via;

		if (!origin.loaded || origin.offset || rule->loaded)
			return;
		origin.loaded = false;
		origin.via = 0;
		origin.offset = via;
	}
	if (is_struct(use, &origin))
		note(use, origin.offset);
}

static void find_subtraction(struct use *use, size_t index)
{
	const struct insn *insn = &use->flow->insns[index];
	struct code_origin from;
	int64_t offset;

	if (insn_is(insn, "sub") && insn->operand_count == 2 &&
	    insn->operands[0].kind == OPERAND_REGISTER &&
	    is_member(use, index, &insn->operands[1], &offset) &&
	    code_origin(use->kernel, use->flow, insn->operands[0].reg, index, &from) &&
	    from.source == FROM_RESULT && from.symbol == use->callee && !from.loaded)
		note(use, offset);
}

/* "mov %rax,X(%rbx)", where RAX is what the callee has returned. */
static void find_kept(struct use *use, size_t index)
{
	const struct insn *insn = &use->flow->insns[index];
	struct code_origin from;
	int64_t offset;

	if (insn_is(insn, "mov") && insn->operand_count == 2 && insn->operands[0].written &&
	    insn->operands[1].kind == OPERAND_REGISTER &&
	    is_member(use, index, &insn->operands[0], &offset) &&
	    code_origin(use->kernel, use->flow, insn->operands[1].reg, index, &from) &&
	    from.source == FROM_RESULT && from.symbol == use->callee && !from.loaded &&
	    !from.offset)
		note(use, offset);
}

static bool know_symbols(struct use *use)
{
	const struct code_rule *rule = use->rule;
	struct symbols *symbols = use->kernel->symbols;

	return (!rule->symbol || symbols_find(symbols, rule->symbol, &use->symbol)) &&
	       (!rule->callee || symbols_find(symbols, rule->callee, &use->callee));
}

static bool is_readable(const struct flow *flow)
{
	return flow->count <= CODE_MAX && !flow->indirect;
}

struct err *code_find(struct kernel *kernel, struct flow *flow, const struct code_rule *rule,
		      bool *found, uint64_t *offset)
{
	struct use use = {.kernel = kernel, .flow = flow, .rule = rule};
	bool passes = rule->use == USE_PASS || rule->use == USE_PASS_TO;

	*found = false;
	if (!is_readable(flow) || !know_symbols(&use))
		return NULL;
	for (size_t i = 0; i < flow->count; i++) {
		if (rule->use == USE_SUBTRACT)
			find_subtraction(&use, i);
		else if (rule->use == USE_KEEP)
			find_kept(&use, i);
		else if (passes)
			find_argument(&use, i);
		else
			find_accesses(&use, i);
	}
	*found = use.found == 1 && use.offset < OFFSET_MAX &&
		 (use.offset || rule->use != USE_PASS || rule->loaded);
	*offset = use.offset;
	return NULL;
}

static struct err *open_named(struct kernel *kernel, const char *function, struct flow **ret)
{
	uint64_t address;

	if (!symbols_find(kernel->symbols, function, &address) ||
	    !TRY_OK(flow_open(kernel, address, ret)))
		*ret = NULL;
	return NULL;
}

struct err *code_find_in(struct kernel *kernel, const char *function, const struct code_rule *rule,
			 bool *found, uint64_t *offset)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;

	*found = false;
	TRY(open_named(kernel, function, &flow));
	return flow ? code_find(kernel, flow, rule, found, offset) : NULL;
}

/* --- lists -------------------------------------------------------------------------------------- */

static bool of_first(struct use *use, const struct operand *operand, size_t index, int64_t *offset)
{
	struct code_origin origin;

	if (!(operand->kind == OPERAND_REGISTER
		      ? code_origin(use->kernel, use->flow, operand->reg, index, &origin)
		      : code_operand_origin(use->kernel, use->flow, operand, index, &origin)) ||
	    origin.source != FROM_ARGUMENT || origin.argument != 1 || origin.loaded)
		return false;
	*offset = origin.offset;
	return true;
}

/* "mov %rax,X(%rdi)", where RAX is the address of what is back bytes in front of X. */
static bool points_back(struct use *use, size_t index, int64_t back, int64_t *offset)
{
	const struct insn *insn = &use->flow->insns[index];
	const struct operand *to = &insn->operands[0];
	int64_t place, value;

	if (!insn_is(insn, "mov") || insn->operand_count != 2 || !to->written || to->size != 8 ||
	    to->kind != OPERAND_MEMORY || insn->operands[1].kind != OPERAND_REGISTER ||
	    !of_first(use, to, index, &place) || !of_first(use, &insn->operands[1], index, &value))
		return false;
	*offset = value;
	return place - back == value;
}

struct err *code_list_head(struct kernel *kernel, const char *function, bool *found,
			   uint64_t *offset)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;
	struct use use = {.kernel = kernel};
	int64_t next = -1, previous = -1, at;

	*found = false;
	TRY(open_named(kernel, function, &flow));
	if (!flow || !is_readable(flow))
		return NULL;
	use.flow = flow;
	for (size_t i = 0; i < flow->count; i++) {
		if (points_back(&use, i, 0, &at))
			next = at;
		else if (points_back(&use, i, 8, &at))
			previous = at;
		else
			continue;
		if (next >= 0 && previous == next)
			note(&use, next);
	}
	*found = use.found == 1;
	*offset = use.offset;
	return NULL;
}
