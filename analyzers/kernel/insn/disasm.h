/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_DISASM
#define TRIAGE_KERNEL_INSN_DISASM

#include "base/error.h"
#include "kernel/dump/regs.h"

/* x86-64 instructions through capstone: only this file's .c knows capstone.h. */
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
	bool gs, fs; /* segment override */
	bool narrow; /* 32-bit address size: the address wraps at 4 GiB */
	char text[64];
};

#define INSN_OPERANDS 4
struct insn {
	uint64_t address;
	uint8_t bytes[16];
	uint8_t size;
	char text[96]; /* AT&T syntax, as objdump and the kernel's people read it */
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

struct disasm;
struct err *disasm_open(struct disasm **ret);
void disasm_close(struct disasm *disasm);
/* Decode the one instruction at the start of code. ERR_CORRUPT when it is none. */
struct err *disasm_one(struct disasm *disasm, const uint8_t *code, size_t length, uint64_t address,
		       struct insn *ret);
/* Bytes of the instruction at the start of code, 0 when it is none: for walking over many. */
size_t disasm_length(struct disasm *disasm, const uint8_t *code, size_t length);
/*
 * The instruction at address with its neighbours: up to before + 1 + after of them in list, *at
 * the index of the one at address. code holds length bytes from start; decoding starts there when
 * start is known to be an instruction (a function's first), else at the place before address from
 * which most instructions decode and one of them begins at address exactly. Where the bytes before
 * cannot be told apart the list begins at address. ERR_CORRUPT when nothing decodes at address.
 */
struct err *disasm_around(struct disasm *disasm, const uint8_t *code, size_t length, uint64_t start,
			  bool start_is_insn, uint64_t address, struct insn *list, size_t before,
			  size_t after, size_t *count, size_t *at);
/* The effective address of a memory operand; false when a register it needs is not known. */
bool operand_address(const struct operand *operand, const struct insn *insn,
		     const struct regs *regs, uint64_t *ret);

/*
 * Instructions newer than the capstone at hand (4.0.2 of Debian 12), told by a table: control-flow
 * enforcement, FRED, SEV-SNP, TDX, direct stores, ud1 with its operand. ERR_NOT_FOUND: none of
 * them. Used by disasm_one().
 */
struct err *disasm_newer(const uint8_t *code, size_t length, uint64_t address, struct insn *ret);
/* Operand and instruction text in AT&T syntax, out of the decoded fields. */
void operand_format(struct operand *operand);

#endif
