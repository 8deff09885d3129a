/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of code to instructions, by capstone and by the table of what it does not know. */
#include "kernel/insn/disasm.h"

#include <capstone/capstone.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/insn/disasm_newer.h"

/*
 * Two handles: operands come in Intel order and with right access flags only in Intel syntax,
 * while the mnemonics people read (movzbl, cltq) are those of AT&T.
 */
struct disasm {
	csh intel, att;
	cs_insn *insn, *att_insn;
};

static const enum reg capstone_regs[X86_REG_ENDING] = {
#define WHOLE(REG, q, d, w, b)                                                                     \
	[X86_REG_##q] = REG + 1, [X86_REG_##d] = REG + 1, [X86_REG_##w] = REG + 1,                 \
	[X86_REG_##b] = REG + 1
	WHOLE(REG_RAX, RAX, EAX, AX, AL),
	WHOLE(REG_RDX, RDX, EDX, DX, DL),
	WHOLE(REG_RCX, RCX, ECX, CX, CL),
	WHOLE(REG_RBX, RBX, EBX, BX, BL),
	WHOLE(REG_RSI, RSI, ESI, SI, SIL),
	WHOLE(REG_RDI, RDI, EDI, DI, DIL),
	WHOLE(REG_RBP, RBP, EBP, BP, BPL),
	WHOLE(REG_RSP, RSP, ESP, SP, SPL),
	WHOLE(REG_R8, R8, R8D, R8W, R8B),
	WHOLE(REG_R9, R9, R9D, R9W, R9B),
	WHOLE(REG_R10, R10, R10D, R10W, R10B),
	WHOLE(REG_R11, R11, R11D, R11W, R11B),
	WHOLE(REG_R12, R12, R12D, R12W, R12B),
	WHOLE(REG_R13, R13, R13D, R13W, R13B),
	WHOLE(REG_R14, R14, R14D, R14W, R14B),
	WHOLE(REG_R15, R15, R15D, R15W, R15B),
#undef WHOLE
	[X86_REG_AH] = REG_RAX + 1,
	[X86_REG_DH] = REG_RDX + 1,
	[X86_REG_CH] = REG_RCX + 1,
	[X86_REG_BH] = REG_RBX + 1,
	[X86_REG_RIP] = REG_RIP + 1,
	[X86_REG_EIP] = REG_RIP + 1,
	[X86_REG_EFLAGS] = REG_RFLAGS + 1,
	[X86_REG_CS] = REG_CS + 1,
	[X86_REG_SS] = REG_SS + 1,
	[X86_REG_CR2] = REG_CR2 + 1,
	[X86_REG_CR3] = REG_CR3 + 1,
};

/* The whole register that al, ax or eax is a part of; REG_NONE for what we don't follow. */
static enum reg whole_register(unsigned capstone_reg)
{
	if (capstone_reg >= X86_REG_ENDING || !capstone_regs[capstone_reg])
		return REG_NONE;
	return capstone_regs[capstone_reg] - 1;
}

static struct err *open_mode(cs_mode mode, struct disasm **ret)
{
	struct disasm *disasm = calloc(1, sizeof(*disasm));

	if (!disasm)
		return &err_nomem;
	if (cs_open(CS_ARCH_X86, mode, &disasm->intel) == CS_ERR_OK &&
	    cs_open(CS_ARCH_X86, mode, &disasm->att) == CS_ERR_OK) {
		cs_option(disasm->intel, CS_OPT_DETAIL, CS_OPT_ON);
		cs_option(disasm->att, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
		disasm->insn = cs_malloc(disasm->intel);
		disasm->att_insn = cs_malloc(disasm->att);
	}
	if (!disasm->insn || !disasm->att_insn) {
		disasm_close(disasm);
		return err_new(ERR_UNSUPPORTED, "the disassembler cannot be opened");
	}
	*ret = disasm;
	return NULL;
}

struct err *disasm_open(struct disasm **ret)
{
	return open_mode(CS_MODE_64, ret);
}

struct err *disasm_open_i386(struct disasm **ret)
{
	return open_mode(CS_MODE_32, ret);
}

void disasm_close(struct disasm *disasm)
{
	if (!disasm)
		return;
	if (disasm->insn)
		cs_free(disasm->insn, 1);
	if (disasm->att_insn)
		cs_free(disasm->att_insn, 1);
	if (disasm->intel)
		cs_close(&disasm->intel);
	if (disasm->att)
		cs_close(&disasm->att);
	free(disasm);
}

static bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static void read_memory_operand(const cs_x86_op *op, const cs_x86 *x86, struct operand *operand)
{
	operand->kind = OPERAND_MEMORY;
	operand->base = whole_register(op->mem.base);
	operand->index = whole_register(op->mem.index);
	operand->scale = op->mem.scale;
	operand->displacement = op->mem.disp;
	operand->gs = op->mem.segment == X86_REG_GS;
	operand->fs = op->mem.segment == X86_REG_FS;
	operand->narrow = x86->addr_size == 4;
}

static void read_operand(struct disasm *disasm, const cs_x86_op *op, const cs_x86 *x86,
			 struct operand *operand)
{
	*operand = (struct operand){.size = op->size,
				    .reg = REG_NONE,
				    .base = REG_NONE,
				    .index = REG_NONE,
				    .scale = 1,
				    .read = op->access & CS_AC_READ,
				    .written = op->access & CS_AC_WRITE};
	if (op->type == X86_OP_MEM) {
		read_memory_operand(op, x86, operand);
		insn_format_operand(operand);
	} else if (op->type == X86_OP_IMM) {
		operand->kind = OPERAND_IMMEDIATE;
		operand->immediate = op->imm;
		insn_format_operand(operand);
	} else {
		const char *name = cs_reg_name(disasm->intel, op->reg);

		operand->kind = OPERAND_REGISTER;
		operand->reg = whole_register(op->reg);
		snprintf(operand->assembly, sizeof(operand->assembly), "%%%s", name ? name : "?");
	}
}

/* Set right what capstone 4.0.2 says wrongly of reads and writes; found by trying each mnemonic. */
static void mend_access(struct insn *insn)
{
	static const char *const untouched[] = {"lea", "nop", "prefetch"};
	static const char *const only_read[] = {"test", "cmp", "bt", "ucomis", "comis"};
	const char *mnemonic = insn_bare_mnemonic(insn);
	struct operand *first = &insn->operands[0];
	bool memory = insn->operand_count && first->kind == OPERAND_MEMORY;

	for (size_t i = 0; i < ARRAY_SIZE(untouched); i++) {
		if (!starts_with(mnemonic, untouched[i]))
			continue;
		for (unsigned op = 0; op < insn->operand_count; op++)
			if (insn->operands[op].kind == OPERAND_MEMORY)
				insn->operands[op].read = insn->operands[op].written = false;
	}
	if (starts_with(mnemonic, "cmpxchg")) {
		first->read = first->written = true;
		insn->regs_written |= 1u << REG_RAX | 1u << REG_RFLAGS;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(only_read); i++) {
		bool fits = strcmp(only_read[i], "bt") ? starts_with(mnemonic, only_read[i])
						       : !strcmp(mnemonic, "bt");
		if (fits && insn->operand_count)
			first->written = false, first->read = true;
	}
	/* SSE and AVX stores are given as reads of their destination. */
	if (memory && insn->operand_count == 2 &&
	    (starts_with(mnemonic, "mov") || starts_with(mnemonic, "vmov")))
		first->read = false, first->written = true;
}

static void read_registers(struct disasm *disasm, struct insn *insn)
{
	cs_regs read, written;
	uint8_t read_count = 0, written_count = 0;

	if (cs_regs_access(disasm->intel, disasm->insn, read, &read_count, written,
			   &written_count) != CS_ERR_OK)
		return;
	for (uint8_t i = 0; i < read_count; i++)
		if (whole_register(read[i]) != REG_NONE)
			insn->regs_read |= 1u << whole_register(read[i]);
	for (uint8_t i = 0; i < written_count; i++)
		if (whole_register(written[i]) != REG_NONE)
			insn->regs_written |= 1u << whole_register(written[i]);
}

/* Where only a part of a register is written, the rest of its old value stays: it is read too. */
static void read_partial_writes(struct insn *insn)
{
	for (unsigned i = 0; i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];

		if (operand->kind == OPERAND_REGISTER && operand->reg != REG_NONE &&
		    operand->written && operand->size < 4)
			insn->regs_read |= 1u << operand->reg;
	}
}

static void read_flow(const cs_insn *from, struct insn *insn)
{
	const char *mnemonic = insn_bare_mnemonic(insn);
	const cs_x86 *x86 = &from->detail->x86;

	for (uint8_t i = 0; i < from->detail->groups_count; i++) {
		uint8_t group = from->detail->groups[i];

		insn->is_call |= group == CS_GRP_CALL;
		insn->is_jump |= group == CS_GRP_JUMP;
		insn->is_return |= group == CS_GRP_RET || group == CS_GRP_IRET;
	}
	insn->is_conditional =
		insn->is_jump && !starts_with(mnemonic, "jmp") && !starts_with(mnemonic, "ljmp");
	insn->is_trap = !strcmp(mnemonic, "ud2") || !strcmp(mnemonic, "int3") ||
			!strcmp(mnemonic, "hlt") || !strcmp(mnemonic, "int1");
	if ((insn->is_call || insn->is_jump) && x86->op_count == 1 &&
	    x86->operands[0].type == X86_OP_IMM)
		insn->target = x86->operands[0].imm;
	insn->writes_stack =
		insn->is_call || starts_with(mnemonic, "push") || !strcmp(mnemonic, "enter");
	insn->reads_stack =
		insn->is_return || starts_with(mnemonic, "pop") || !strcmp(mnemonic, "leave");
}

/*
 * Like objdump, leave the size suffix of an AT&T mnemonic away where a register operand gives the
 * size. What the AT&T mnemonic has more than the Intel one is that suffix.
 */
static void write_mnemonic(struct insn *insn, const char *intel, const char *att)
{
	size_t length = strlen(att);
	bool sized = insn->is_call || insn->is_return || insn->is_jump;
	const char *bare = insn_bare_mnemonic(insn);

	for (unsigned i = 0; i < insn->operand_count; i++)
		sized |= insn->operands[i].kind == OPERAND_REGISTER &&
			 (i == 0 || insn->operands[i].size == insn->operands[0].size);
	sized |= starts_with(bare, "push") || starts_with(bare, "pop");
	if (length && sized && length == strlen(intel) + 1 && strchr("bwlq", att[length - 1]) &&
	    !strncmp(att, intel, length - 1))
		length--;
	snprintf(insn->mnemonic, sizeof(insn->mnemonic), "%.*s", (int)length, att);
}

static void write_assembly(struct insn *insn)
{
	int at = snprintf(insn->assembly, sizeof(insn->assembly), "%s", insn->mnemonic);
	bool indirect = (insn->is_call || insn->is_jump) && !insn->target;

	for (unsigned i = insn->operand_count; i-- && at < (int)sizeof(insn->assembly);) {
		const struct operand *operand = &insn->operands[i];
		const char *assembly = operand->assembly;

		if (insn->target && *assembly == '$')
			assembly++;
		at += snprintf(insn->assembly + at, sizeof(insn->assembly) - at, "%s%s%s",
			       i + 1 == insn->operand_count ? " " : ",", indirect ? "*" : "",
			       assembly);
	}
	for (unsigned i = 0; i < insn->operand_count && at < (int)sizeof(insn->assembly); i++)
		if (insn->operands[i].kind == OPERAND_MEMORY && insn->operands[i].base == REG_RIP)
			at += snprintf(insn->assembly + at, sizeof(insn->assembly) - at,
				       " # 0x%" PRIx64,
				       insn->address + insn->size + insn->operands[i].displacement);
}

static void fill(struct disasm *disasm, struct insn *insn)
{
	const cs_insn *from = disasm->insn;
	const cs_x86 *x86 = &from->detail->x86;

	insn->address = from->address;
	insn->size = MIN(from->size, sizeof(insn->bytes));
	memcpy(insn->bytes, from->bytes, insn->size);
	snprintf(insn->mnemonic, sizeof(insn->mnemonic), "%.15s", from->mnemonic);
	insn->operand_count = MIN(x86->op_count, INSN_OPERANDS);
	for (unsigned i = 0; i < insn->operand_count; i++)
		read_operand(disasm, &x86->operands[i], x86, &insn->operands[i]);
	read_registers(disasm, insn);
	mend_access(insn);
	read_partial_writes(insn);
	read_flow(from, insn);
}

bool disasm_one(struct disasm *disasm, const uint8_t *code, size_t length, uint64_t address,
		struct insn *ret)
{
	struct insn insn = {0};
	const uint8_t *at = code;
	size_t left = MIN(length, 15u);
	uint64_t pc = address;

	/* First the table: capstone takes erets for clac and reads ud1 too short. */
	if (disasm_newer(code, left, address, ret))
		return true;
	if (!cs_disasm_iter(disasm->intel, &at, &left, &pc, disasm->insn))
		return false;
	fill(disasm, &insn);
	at = code;
	left = insn.size;
	pc = address;
	bool has_att = cs_disasm_iter(disasm->att, &at, &left, &pc, disasm->att_insn);
	write_mnemonic(&insn, disasm->insn->mnemonic,
		       has_att ? disasm->att_insn->mnemonic : disasm->insn->mnemonic);
	write_assembly(&insn);
	*ret = insn;
	return true;
}

size_t disasm_length(struct disasm *disasm, const uint8_t *code, size_t length)
{
	size_t left = MIN(length, 15u);
	const uint8_t *at = code;
	uint64_t pc = 0;
	struct insn insn;

	/* All that the table knows has 0x0f within its first bytes. */
	if (memchr(code, 0x0f, MIN(left, 5u)) && disasm_newer(code, left, 0, &insn))
		return insn.size;
	return cs_disasm_iter(disasm->att, &at, &left, &pc, disasm->att_insn)
		       ? disasm->att_insn->size
		       : 0;
}
