/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a helper that found something wrong was given, by its caller's code. */
#include "memory/helper_argument.h"

#include <string.h>

#include "base/str.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/flow.h"
#include "memory/provenance_value.h"

#define NEAR 4 /* frames from the crashed function's outwards */

static bool find_frame(const struct crash *crash, const char *const *names, size_t count,
		       size_t *frame, char *name, size_t size)
{
	size_t end = MIN(crash->trace.count, crash->frame + NEAR);
	struct symbol symbol;

	for (*frame = crash->frame; *frame + 1 < end; ++*frame) {
		if (!crash_frame_symbol(crash, *frame, &symbol))
			continue;
		for (size_t i = 0; i < count; i++)
			if (!strncmp(symbol.name, names[i], strlen(names[i]))) {
				copy_string(name, size, symbol.name);
				name[strcspn(name, ".")] = '\0';
				return true;
			}
	}
	return false;
}

static struct scope *scope_of(struct walk *walk, size_t frame)
{
	const struct crash *crash = walk->crash;
	struct scope *scope;

	if (frame == crash->frame)
		return err_ok(provenance_scope_first(walk, &scope)) ? scope : NULL;
	return provenance_add_frame(walk, frame, &crash->trace.frames[frame].regs);
}

/* Is what a register holds before the instruction at index the caller's? */
static bool is_callers(struct flow *flow, enum reg reg, size_t index)
{
	struct flow_definitions definitions;
	bool entry = false;
	size_t at;

	flow_definitions(flow, (struct flow_place){.reg = reg}, index, &definitions);
	return flow_only(&definitions, &at, &entry) && entry;
}

/* The register that was put aside into another one, before it was changed. */
static bool is_copy(struct flow *flow, enum reg copy, enum reg reg, size_t index)
{
	struct flow_definitions definitions;
	bool entry = false;
	size_t at;

	flow_definitions(flow, (struct flow_place){.reg = copy}, index, &definitions);
	if (!flow_only(&definitions, &at, &entry) || entry)
		return false;
	const struct insn *insn = &flow->insns[at];
	return insn_is(insn, "mov") && insn->operands[0].kind == OPERAND_REGISTER &&
	       insn->operands[0].reg == copy && insn->operands[0].size == 8 &&
	       insn->operands[1].kind == OPERAND_REGISTER && insn->operands[1].reg == reg &&
	       is_callers(flow, reg, at);
}

/* In the function that crashed: what it was given, in the register it came in or in one it was put aside in. */
static bool given(const struct crash *crash, struct flow *flow, enum reg reg, uint64_t *ret)
{
	ssize_t index = flow_index(flow, crash->regs.value[REG_RIP]);

	for (enum reg held = REG_RAX; index >= 0 && held <= REG_R15; held++) {
		if (!regs_known(&crash->regs, held) ||
		    (held == reg ? !is_callers(flow, reg, (size_t)index)
				 : !is_copy(flow, held, reg, (size_t)index)))
			continue;
		*ret = crash->regs.value[held];
		return true;
	}
	return false;
}

static void take_given(const struct crash *crash, const enum reg *registers,
		       struct helper_call *ret)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;

	if (!crash->exception || !regs_known(&crash->regs, REG_RIP) ||
	    !err_ok(flow_open(crash->kernel, crash->regs.value[REG_RIP], &flow)))
		return;
	for (size_t i = 0; i < HELPER_ARGUMENTS; i++)
		ret->known[i] = ret->known[i] || given(crash, flow, registers[i], &ret->value[i]);
}

bool helper_argument_find(const struct crash *crash, const char *const *names, size_t count,
			  struct helper_call *ret)
{
	static const enum reg registers[HELPER_ARGUMENTS] = {REG_RDI, REG_RSI, REG_RDX};
	struct walk walk = {.crash = crash, .kernel = crash->kernel, .budget = WALK_BUDGET};
	size_t frame;

	*ret = (struct helper_call){0};
	if (!crash->trace.count ||
	    !find_frame(crash, names, count, &frame, ret->function, sizeof(ret->function)))
		return false;
	struct scope *scope = scope_of(&walk, frame);
	struct scope *caller = scope ? provenance_caller(&walk, scope) : NULL;
	for (size_t i = 0; caller && i < HELPER_ARGUMENTS; i++) {
		struct point point = {caller, caller->at, NULL};
		struct known known;

		ret->known[i] = provenance_register_value(&walk, &point, registers[i], &known);
		ret->value[i] = known.value;
	}
	if (frame == crash->frame)
		take_given(crash, registers, ret);
	provenance_scopes_close(&walk);
	return true;
}
