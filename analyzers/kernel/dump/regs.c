/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of registers. */
#include "kernel/dump/regs.h"

static const char *const names[REG_COUNT] = {
	"rax", "rdx", "rcx",	  "rbx", "rsi", "rdi",	   "rbp",     "rsp", "r8",
	"r9",  "r10", "r11",	  "r12", "r13", "r14",	   "r15",     "rip", "rflags",
	"cs",  "ss",  "orig_rax", "cr2", "cr3", "fs_base", "gs_base",
};

const char *reg_name(enum reg reg)
{
	return reg < REG_COUNT ? names[reg] : "none";
}

unsigned regs_holding(const struct regs *regs, uint64_t value)
{
	unsigned count = 0;

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
		count += regs_known(regs, reg) && regs->value[reg] == value;
	return count;
}
