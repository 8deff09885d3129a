/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which registers the function that faulted goes by. */
#include "memory/pointer_use.h"

#include "kernel/insn/flow.h"

#define USES_MAX 64 /* of a register that are looked at */

static bool goes_by(const struct insn *insn, enum reg reg)
{
	for (unsigned i = 0; i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];

		if (operand->kind == OPERAND_MEMORY && operand->base == reg &&
		    (operand->read || operand->written))
			return true;
	}
	return false;
}

/* Where the register got what it holds before an instruction; SIZE_MAX: from the caller. */
static bool find_origin(struct flow *flow, enum reg reg, size_t index, size_t *ret)
{
	struct flow_definitions definitions;
	bool entry = false;

	flow_definitions(flow, (struct flow_place){.reg = reg}, index, &definitions);
	if (!flow_only(&definitions, ret, &entry))
		return false;
	if (entry)
		*ret = SIZE_MAX;
	return true;
}

bool pointer_use_is(const struct crash *crash, enum reg reg)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;
	size_t origin, other;
	unsigned uses = 0;

	if (!crash->exception || reg > REG_R15 || !regs_known(&crash->regs, REG_RIP) ||
	    !err_ok(flow_open(crash->kernel, crash->regs.value[REG_RIP], &flow)))
		return false;
	ssize_t at = flow_index(flow, crash->regs.value[REG_RIP]);
	if (at < 0 || !find_origin(flow, reg, (size_t)at, &origin))
		return false;
	for (size_t i = 0; i < flow->count && uses < USES_MAX; i++) {
		if (!goes_by(&flow->insns[i], reg))
			continue;
		uses++;
		if (find_origin(flow, reg, i, &other) && other == origin)
			return true;
	}
	return false;
}
