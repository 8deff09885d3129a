/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions a value is followed back through: their code, and their registers on entry. */
#include "memory/provenance_scope.h"

#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/unwind/trace.h"

#define CALLEE_SAVED                                                                               \
	(1u << REG_RBX | 1u << REG_RBP | 1u << REG_R12 | 1u << REG_R13 | 1u << REG_R14 |           \
	 1u << REG_R15)

/* --- scopes ----------------------------------------------------------------------------------- */

struct err *provenance_scope_first(struct walk *walk, struct scope **ret)
{
	const struct crash *crash = walk->crash;
	const struct trace *trace = &crash->trace;
	struct scope *scope = &walk->scopes[0];
	uint64_t rip = trace->count ? trace->frames[crash->frame].address : 0;

	*scope = (struct scope){.frame = crash->frame, .regs = crash->regs};
	TRY(flow_open(walk->kernel, rip, &scope->flow));
	walk->scope_count = 1;
	ssize_t at = flow_index(scope->flow, rip);
	if (at < 0)
		return err_at(ERR_CORRUPT, rip, "the function's code cannot be read up to there");
	scope->at = (size_t)at;
	if (scope->frame + 1 < trace->count)
		scope->entry_sp = trace->frames[scope->frame + 1].return_slot;
	*ret = scope;
	return NULL;
}

void provenance_scopes_close(struct walk *walk)
{
	for (size_t i = 0; i < walk->scope_count; i++)
		flow_close(walk->scopes[i].flow);
}

/* What a callee-saved register held on entry: it is unchanged, or was saved on the stack. */
static bool value_at_entry(struct walk *walk, struct scope *scope, enum reg reg, uint64_t *ret)
{
	struct flow_definitions set;
	const struct operand *source;
	int64_t slot;
	size_t at;
	bool entry;

	flow_definitions(scope->flow, provenance_in_register(reg), scope->at, &set);
	if (flow_only(&set, &at, &entry) && entry) {
		*ret = scope->regs.value[reg];
		return regs_known(&scope->regs, reg);
	}
	for (size_t i = 0; scope->entry_sp && i < scope->flow->count; i++) {
		if (!flow_store(scope->flow, i, &slot, &source) ||
		    source->kind != OPERAND_REGISTER || source->reg != reg)
			continue;
		flow_definitions(scope->flow, provenance_in_register(reg), i, &set);
		if (flow_only(&set, &at, &entry) && entry)
			return err_ok(memory_read_u64(walk->kernel->memory,
						      scope->entry_sp + (uint64_t)slot, ret));
	}
	return false;
}

struct regs provenance_regs_at_entry(struct walk *walk, struct scope *scope)
{
	struct regs regs = {0};

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++) {
		uint64_t value;

		if (CALLEE_SAVED >> reg & 1 && value_at_entry(walk, scope, reg, &value))
			regs_set(&regs, reg, value);
	}
	return regs;
}

bool provenance_leads_to(struct walk *walk, uint64_t target, const struct scope *callee)
{
	struct symbol symbol;

	/* A call may skip the ENDBR at the start. */
	return target - callee->flow->symbol.address < 16 ||
	       (symbols_at(walk->kernel->symbols, target, &symbol) &&
		symbol.address == callee->flow->symbol.address);
}

static struct scope *add_scope(struct walk *walk, const struct scope *scope)
{
	walk->scopes[walk->scope_count] = *scope;
	return &walk->scopes[walk->scope_count++];
}

#define THUNK_INSNS 8

/* Told by its code: retpolines and their replacements have several names for one address. */
enum reg provenance_thunk_register(struct walk *walk, uint64_t target)
{
	struct symbol symbol;
	struct flow *flow;
	enum reg found = REG_NONE;

	if (!symbols_at(walk->kernel->symbols, target, &symbol) || symbol.address != target ||
	    !strstr(symbol.name, "_thunk_") || !err_ok(flow_open(walk->kernel, target, &flow)))
		return REG_NONE;
	for (size_t i = 0; i < MIN(flow->count, THUNK_INSNS) && found == REG_NONE; i++) {
		const struct insn *insn = &flow->insns[i];
		const struct operand *to = &insn->operands[0], *from = &insn->operands[1];

		/* jmp *%rax, or mov %rax,(%rsp) and ret */
		if (insn->is_jump && !insn->target && to->kind == OPERAND_REGISTER)
			found = to->reg;
		else if (insn_is(insn, "mov") && to->kind == OPERAND_MEMORY &&
			 to->base == REG_RSP && from->kind == OPERAND_REGISTER)
			found = from->reg;
	}
	flow_close(flow);
	return found;
}

struct scope *provenance_add_tail_caller(struct walk *walk, struct scope *callee, uint64_t target)
{
	struct scope scope = {.frame = callee->frame,
			      .entry_sp = callee->entry_sp,
			      .regs = provenance_regs_at_entry(walk, callee)};
	size_t ways = 0;

	if (!err_ok(flow_open(walk->kernel, target, &scope.flow)))
		return NULL;
	for (size_t i = 0; i < scope.flow->count; i++) {
		const struct insn *insn = &scope.flow->insns[i];

		if (!insn->is_jump || !insn->target ||
		    !provenance_leads_to(walk, insn->target, callee))
			continue;
		scope.at = i;
		ways++;
	}
	if (ways == 1)
		return add_scope(walk, &scope);
	flow_close(scope.flow);
	return NULL;
}

struct scope *provenance_add_frame(struct walk *walk, size_t index, const struct regs *regs)
{
	const struct trace *trace = &walk->crash->trace;
	const struct frame *frame = &trace->frames[index];
	struct scope scope = {.frame = index, .regs = *regs};

	if (index + 1 < trace->count)
		scope.entry_sp = trace->frames[index + 1].return_slot;
	if (!regs_known(&scope.regs, REG_RBP) && regs_known(&frame->regs, REG_RBP))
		regs_set(&scope.regs, REG_RBP, frame->regs.value[REG_RBP]);
	regs_set(&scope.regs, REG_RSP, frame->sp);
	/* A call may be the last instruction: the return address is in the next function then. */
	if (!err_ok(flow_open(walk->kernel, frame->address - 1, &scope.flow)))
		return NULL;
	ssize_t call = flow_index_before(scope.flow, frame->address);
	scope.at = (size_t)call;
	if (call >= 0 && scope.flow->insns[call].is_call)
		return add_scope(walk, &scope);
	flow_close(scope.flow);
	return NULL;
}

const char *provenance_scope_obstacle(const struct trace *trace, size_t frame)
{
	if (frame + 1 >= trace->count)
		return "the stack goes no further";
	if (trace->frames[frame + 1].kind != FRAME_CALL)
		return "it was entered by an interrupt or exception";
	if (trace->frames[frame + 1].source == FOUND_SCAN)
		return "its caller is not known for certain";
	return NULL;
}

bool provenance_jumps_by_pointer(struct walk *walk, const struct insn *insn)
{
	if (!insn->is_jump)
		return false;
	if (insn->target)
		return provenance_thunk_register(walk, insn->target) != REG_NONE;
	/* With an index it is a table of the function's own places. */
	return insn->operand_count == 1 && insn->operands[0].index == REG_NONE;
}

/* What the caller called may have jumped on through a pointer, as its last act. */
static struct scope *add_jumper(struct walk *walk, struct scope *caller)
{
	uint64_t target = caller->flow->insns[caller->at].target;
	struct scope scope = {.frame = caller->frame - 1,
			      .entry_sp = walk->crash->trace.frames[caller->frame].return_slot,
			      .regs = walk->crash->regs};
	unsigned jumps = 0;

	if (!target || provenance_thunk_register(walk, target) != REG_NONE ||
	    !err_ok(flow_open(walk->kernel, target, &scope.flow)))
		return caller;
	for (size_t i = 0; i < scope.flow->count; i++) {
		if (!provenance_jumps_by_pointer(walk, &scope.flow->insns[i]))
			continue;
		scope.at = i;
		jumps++;
	}
	if (jumps == 1)
		return add_scope(walk, &scope);
	flow_close(scope.flow);
	return caller;
}

/* The instruction at RIP is the call or jump itself: some CPUs fault there. */
static bool is_branch(struct walk *walk, const struct scope *scope)
{
	const struct insn *insn = &scope->flow->insns[scope->at];

	return !strstr(scope->flow->symbol.name, "_thunk") &&
	       (insn->is_call || provenance_jumps_by_pointer(walk, insn));
}

/* Of the registers that are known at the crash, those that are still the caller's. */
static struct regs callers_regs(const struct walk *walk, bool ran)
{
	struct regs regs = {0};

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
		if (regs_known(&walk->crash->regs, reg) && (!ran || CALLEE_SAVED >> reg & 1))
			regs_set(&regs, reg, walk->crash->regs.value[reg]);
	return regs;
}

struct err *provenance_scope_of_call(struct walk *walk, struct scope **ret)
{
	const struct crash *crash = walk->crash;

	if (err_ok(provenance_scope_first(walk, ret)) && is_branch(walk, *ret))
		return NULL;
	/* There is code at RIP, if not an instruction, and it was fetched: some of it has run. */
	bool ran = walk->scope_count && !crash_went_astray(crash) &&
		   !strstr(walk->scopes[0].flow->symbol.name, "_thunk");
	provenance_scopes_close(walk);
	walk->scope_count = 0;
	const char *why = provenance_scope_obstacle(&crash->trace, crash->frame);
	if (why)
		return err_new(ERR_NOT_FOUND, "%s", why);
	struct regs regs = callers_regs(walk, ran);
	*ret = provenance_add_frame(walk, crash->frame + 1, &regs);
	if (!*ret)
		return err_new(ERR_NOT_FOUND, "the caller's code cannot be read");
	*ret = add_jumper(walk, *ret);
	return NULL;
}
