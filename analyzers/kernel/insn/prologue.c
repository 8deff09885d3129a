/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/insn/prologue.h"

#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"

#include <string.h>

#define PROLOGUE_BYTES 160
#define PROLOGUE_INSNS 32

/* The call of __fentry__ that opens every traceable function, where it is not patched out. */
static bool is_tracer_call(const struct insn *insn, uint64_t start)
{
	return insn->is_call && insn->address - start <= 4;
}

/* Note what one instruction does to the stack; false for one that is beyond a prologue. */
static bool note(struct prologue *prologue, const struct insn *insn)
{
	const struct operand *first = &insn->operands[0], *second = &insn->operands[1];

	if (!strncmp(insn->mnemonic, "push", 4)) {
		if (first->kind == OPERAND_REGISTER && prologue->pushes < PROLOGUE_PUSHES &&
		    !prologue->room)
			prologue->saved[prologue->pushes++] = first->reg;
		else
			prologue->room += 8;
		return true;
	}
	if (!(insn->regs_written & 1u << REG_RSP)) {
		if (!strncmp(insn->mnemonic, "mov", 3) && first->kind == OPERAND_REGISTER &&
		    first->reg == REG_RBP && second->kind == OPERAND_REGISTER &&
		    second->reg == REG_RSP)
			prologue->frame_pointer = true;
		return true;
	}
	if (!strncmp(insn->mnemonic, "sub", 3) && second->kind == OPERAND_IMMEDIATE) {
		prologue->room += (uint64_t)second->immediate;
		return true;
	}
	if (!strncmp(insn->mnemonic, "add", 3) && second->kind == OPERAND_IMMEDIATE &&
	    second->immediate < 0) {
		prologue->room += (uint64_t)-second->immediate;
		return true;
	}
	return false;
}

struct err *prologue_read(struct kernel *kernel, uint64_t start, uint64_t stop,
			  struct prologue *ret)
{
	uint8_t code[PROLOGUE_BYTES];
	uint64_t at = start;
	struct insn insn;

	*ret = (struct prologue){0};
	TRY(memory_read(kernel->memory, start, code, sizeof(code)));
	for (unsigned i = 0; i < PROLOGUE_INSNS && at != stop; i++) {
		size_t offset = (size_t)(at - start);

		if (!err_ok(disasm_one(kernel->disasm, code + offset, sizeof(code) - offset, at,
				       &insn)))
			break;
		if (insn.is_jump || insn.is_return || insn.is_trap ||
		    (insn.is_call && !is_tracer_call(&insn, start)))
			break;
		if (!insn.is_call && !note(ret, &insn))
			break;
		at += insn.size;
	}
	ret->depth = ret->pushes * 8 + ret->room;
	return at == stop ? NULL : err_at(ERR_NOT_FOUND, stop, "the code branches before");
}

uint64_t prologue_slot(const struct prologue *prologue, enum reg reg, uint64_t return_slot)
{
	for (unsigned i = 0; i < prologue->pushes; i++)
		if (prologue->saved[i] == reg)
			return return_slot - 8 * (i + 1);
	return 0;
}
