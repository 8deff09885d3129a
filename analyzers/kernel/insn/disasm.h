/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_DISASM
#define TRIAGE_KERNEL_INSN_DISASM

#include "base/error.h"
#include "kernel/insn/insn.h"

/* Instructions of x86 through capstone: only this file's .c knows capstone.h. */
struct disasm;
/* ERR_UNSUPPORTED when capstone cannot be opened. */
struct err *disasm_open(struct disasm **ret);
/* The same for code of 32 bits; its registers are the lower halves of those of 64. */
struct err *disasm_open_i386(struct disasm **ret);
void disasm_close(struct disasm *disasm);
/* Decode the one instruction at the start of code. False when it is none. */
bool disasm_one(struct disasm *disasm, const uint8_t *code, size_t length, uint64_t address,
		struct insn *ret);
/* Bytes of the instruction at the start of code, 0 when it is none: for walking over many. */
size_t disasm_length(struct disasm *disasm, const uint8_t *code, size_t length);

#endif
