/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function's first instructions do to the stack. */
#include "kernel/insn/prologue.h"

#include <string.h>

#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"

#define PROLOGUE_BYTES 160
#define PROLOGUE_INSNS 32

/* The call of __fentry__ that opens every traceable function, where it is not patched out. */
static bool is_tracer_call(const struct insn *insn, uint64_t start)
{
	return insn->is_call && insn->address - start <= 4;
}

static void note_push(struct prologue *prologue, const struct operand *pushed)
{
	if (pushed->kind == OPERAND_REGISTER && prologue->pushes < PROLOGUE_PUSHES &&
	    !prologue->room)
		prologue->saved[prologue->pushes++] = pushed->reg;
	else
		prologue->room += 8;
}

static bool sets_frame_pointer(const struct insn *insn)
{
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];

	return !strncmp(insn->mnemonic, "mov", 3) && to->kind == OPERAND_REGISTER &&
	       to->reg == REG_RBP && from->kind == OPERAND_REGISTER && from->reg == REG_RSP;
}

/* Note what one instruction does to the stack; false for one that is beyond a prologue. */
static bool note(struct prologue *prologue, const struct insn *insn)
{
	const struct operand *second = &insn->operands[1];

	if (!strncmp(insn->mnemonic, "push", 4)) {
		note_push(prologue, &insn->operands[0]);
		return true;
	}
	if (!(insn->regs_written & 1u << REG_RSP)) {
		prologue->frame_pointer |= sets_frame_pointer(insn);
		return true;
	}
	if (second->kind != OPERAND_IMMEDIATE)
		return false;
	if (!strncmp(insn->mnemonic, "sub", 3)) {
		prologue->room += (uint64_t)second->immediate;
		return true;
	}
	if (!strncmp(insn->mnemonic, "add", 3) && second->immediate < 0) {
		prologue->room += (uint64_t)-second->immediate;
		return true;
	}
	return false;
}

static bool ends_prologue(const struct insn *insn, uint64_t start)
{
	return insn->is_jump || insn->is_return || insn->is_trap ||
	       (insn->is_call && !is_tracer_call(insn, start));
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

		if (!disasm_one(kernel->disasm, code + offset, sizeof(code) - offset, at, &insn) ||
		    ends_prologue(&insn, start) || (!insn.is_call && !note(ret, &insn)))
			break;
		at += insn.size;
	}
	ret->depth = ret->pushes * 8 + ret->room;
	ret->reached = at == stop;
	return NULL;
}

uint64_t prologue_slot(const struct prologue *prologue, enum reg reg, uint64_t return_slot)
{
	for (unsigned i = 0; i < prologue->pushes; i++)
		if (prologue->saved[i] == reg)
			return return_slot - 8 * (i + 1);
	return 0;
}
