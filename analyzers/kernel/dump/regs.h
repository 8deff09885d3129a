/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_REGS
#define TRIAGE_KERNEL_DUMP_REGS

#include <stdbool.h>
#include <stdint.h>

/* The general registers, numbered as in DWARF (System V x86-64 ABI, table 3.36), then the rest. */
enum reg {
	REG_RAX,
	REG_RDX,
	REG_RCX,
	REG_RBX,
	REG_RSI,
	REG_RDI,
	REG_RBP,
	REG_RSP,
	REG_R8,
	REG_R9,
	REG_R10,
	REG_R11,
	REG_R12,
	REG_R13,
	REG_R14,
	REG_R15,
	REG_RIP,
	REG_RFLAGS,
	REG_CS,
	REG_SS,
	REG_ORIG_RAX,
	REG_CR2,
	REG_CR3,
	REG_FS_BASE,
	REG_GS_BASE,
	REG_COUNT,
	REG_NONE = REG_COUNT,
};

/* A register file of which only some values may be known. */
struct regs {
	uint64_t value[REG_COUNT];
	uint32_t known; /* bit n: value[n] holds */
};

static inline bool regs_known(const struct regs *regs, enum reg reg)
{
	return regs->known >> reg & 1;
}

static inline void regs_set(struct regs *regs, enum reg reg, uint64_t value)
{
	regs->value[reg] = value;
	regs->known |= 1u << reg;
}

static inline void regs_forget(struct regs *regs, enum reg reg)
{
	regs->known &= ~(1u << reg);
}

/* Of code in user space. */
static inline bool regs_user_mode(const struct regs *regs)
{
	return regs_known(regs, REG_CS) && (regs->value[REG_CS] & 3) == 3;
}

/* How many of the general registers hold this value. */
unsigned regs_holding(const struct regs *regs, uint64_t value);

const char *reg_name(enum reg reg); /* "rax" … "gs_base" */

#endif
