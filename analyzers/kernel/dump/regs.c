/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers' names. */
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
