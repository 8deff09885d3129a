/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which instruction wrote a register last, in a stretch of code. */
#include "kernel/insn/last_writer.h"

/* Registers that a function may change, System V ABI: all but rbx, rbp, rsp and r12 to r15. */
static bool is_scratch(enum reg reg)
{
	return reg != REG_RBX && reg != REG_RBP && reg != REG_RSP &&
	       !(reg >= REG_R12 && reg <= REG_R15);
}

bool insn_writes(const struct insn *insn, enum reg reg)
{
	return insn->regs_written >> reg & 1 || (insn->is_call && is_scratch(reg));
}

size_t insn_last_writer(const struct insn *list, size_t at, enum reg reg)
{
	for (size_t i = at; i-- > 0;) {
		if (insn_writes(&list[i], reg))
			return i;
		/* Behind these, code goes on that came from elsewhere. */
		if (list[i].is_return || list[i].is_trap ||
		    (list[i].is_jump && !list[i].is_conditional))
			break;
	}
	return SIZE_MAX;
}

bool insn_is_load(const struct insn *insn, enum reg reg)
{
	return insn_is(insn, "mov") && insn->operand_count == 2 &&
	       insn->operands[0].kind == OPERAND_REGISTER && insn->operands[0].reg == reg &&
	       insn->operands[1].kind == OPERAND_MEMORY;
}
