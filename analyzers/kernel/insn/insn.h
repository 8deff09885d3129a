/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_INSN
#define TRIAGE_KERNEL_INSN_INSN

#include <stdbool.h>
#include <stdint.h>

#include "kernel/dump/regs.h"

/* An x86-64 instruction, decoded. */
enum operand_kind { OPERAND_REGISTER, OPERAND_IMMEDIATE, OPERAND_MEMORY };

struct operand {
	enum operand_kind kind;
	unsigned size;	      /* bytes */
	bool read, written;   /* false for both: lea, nop, prefetch never touch their operand */
	enum reg reg;	      /* whole register of a register operand */
	int64_t immediate;    /* of an immediate; call and jump targets are absolute */
	enum reg base, index; /* of a memory operand; REG_RIP for rip-relative, REG_NONE */
	int scale;
	int64_t displacement;
	bool gs, fs;	   /* segment override */
	bool narrow;	   /* 32-bit address size: the address wraps at 4 GiB */
	char assembly[64]; /* its part of the instruction's */
};

#define INSN_OPERANDS 4
struct insn {
	uint64_t address;
	uint8_t bytes[16];
	uint8_t size;
	char assembly[96]; /* AT&T syntax, as objdump and the kernel's people read it */
	char mnemonic[16];
	struct operand operands[INSN_OPERANDS]; /* in Intel order: destination first */
	unsigned operand_count;
	bool is_call, is_jump, is_conditional, is_return, is_trap; /* ud2, int3, hlt */
	uint64_t target;       /* of a direct call or jump, else 0 */
	uint32_t regs_written; /* bit per enum reg, implicit ones included */
	uint32_t regs_read;
	bool writes_stack; /* push, call: stores below RSP though no operand says so */
	bool reads_stack;  /* pop, ret, leave, iret */
};

/* The mnemonic without "lock ", "rep " and their like. */
const char *insn_bare_mnemonic(const struct insn *insn);
/* mov, lea: the mnemonic behind any prefix. */
bool insn_is(const struct insn *insn, const char *mnemonic);
/* The effective address of a memory operand; false when a register it needs is not known. */
bool insn_operand_address(const struct insn *insn, const struct operand *operand,
			  const struct regs *regs, uint64_t *ret);
/* Fill in the assembly of an operand, in AT&T syntax, from its other fields. */
void insn_format_operand(struct operand *operand);

#endif
