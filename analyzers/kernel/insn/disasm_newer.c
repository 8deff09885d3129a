/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions newer than capstone, decoded by a table. */
#include "kernel/insn/disasm_newer.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

/* What follows the opcode. */
enum form {
	FORM_NONE,	/* nothing: the third byte is part of the opcode */
	FORM_REG,	/* ModRM with a register, /digit fixed */
	FORM_MEM_WRITE, /* ModRM memory written, register read */
	FORM_MEM_READ,	/* ModRM memory read, register holds the destination address */
	FORM_UD,	/* ModRM of an instruction that traps before it looks */
};

#define ANY_DIGIT 8

/* Intel SDM volume 2 and AMD APM volume 3; the opcode follows the prefixes and 0x0f. */
static const struct newer {
	const char *name;
	uint8_t prefix; /* mandatory one, 0 none */
	uint8_t opcode[2];
	uint8_t opcode_size;
	uint8_t digit; /* ModRM.reg that selects it */
	enum form form;
} table[] = {
	{"serialize", 0, {0x01, 0xe8}, 2, 0, FORM_NONE},
	{"setssbsy", 0xf3, {0x01, 0xe8}, 2, 0, FORM_NONE},
	{"saveprevssp", 0xf3, {0x01, 0xea}, 2, 0, FORM_NONE},
	{"erets", 0xf2, {0x01, 0xca}, 2, 0, FORM_NONE},
	{"eretu", 0xf3, {0x01, 0xca}, 2, 0, FORM_NONE},
	{"wrmsrns", 0, {0x01, 0xc6}, 2, 0, FORM_NONE},
	{"rdmsrlist", 0xf2, {0x01, 0xc6}, 2, 0, FORM_NONE},
	{"wrmsrlist", 0xf3, {0x01, 0xc6}, 2, 0, FORM_NONE},
	{"pvalidate", 0xf2, {0x01, 0xff}, 2, 0, FORM_NONE},
	{"psmash", 0xf3, {0x01, 0xff}, 2, 0, FORM_NONE},
	{"rmpupdate", 0xf2, {0x01, 0xfe}, 2, 0, FORM_NONE},
	{"rmpadjust", 0xf3, {0x01, 0xfe}, 2, 0, FORM_NONE},
	{"vmgexit", 0xf2, {0x01, 0xd9}, 2, 0, FORM_NONE},
	{"vmgexit", 0xf3, {0x01, 0xd9}, 2, 0, FORM_NONE},
	{"tdcall", 0x66, {0x01, 0xcc}, 2, 0, FORM_NONE},
	{"seamcall", 0x66, {0x01, 0xcf}, 2, 0, FORM_NONE},
	{"seamret", 0x66, {0x01, 0xcd}, 2, 0, FORM_NONE},
	{"lkgs", 0xf2, {0x00}, 1, 6, FORM_REG},
	{"rdssp", 0xf3, {0x1e}, 1, 1, FORM_REG},
	{"incssp", 0xf3, {0xae}, 1, 5, FORM_REG},
	{"umonitor", 0xf3, {0xae}, 1, 6, FORM_REG},
	{"umwait", 0xf2, {0xae}, 1, 6, FORM_REG},
	{"tpause", 0x66, {0xae}, 1, 6, FORM_REG},
	{"wrss", 0, {0x38, 0xf6}, 2, ANY_DIGIT, FORM_MEM_WRITE},
	{"wruss", 0x66, {0x38, 0xf5}, 2, ANY_DIGIT, FORM_MEM_WRITE},
	{"movdiri", 0, {0x38, 0xf9}, 2, ANY_DIGIT, FORM_MEM_WRITE},
	{"movdir64b", 0x66, {0x38, 0xf8}, 2, ANY_DIGIT, FORM_MEM_READ},
	{"enqcmd", 0xf2, {0x38, 0xf8}, 2, ANY_DIGIT, FORM_MEM_READ},
	{"enqcmds", 0xf3, {0x38, 0xf8}, 2, ANY_DIGIT, FORM_MEM_READ},
	{"ud1", 0, {0xb9}, 1, ANY_DIGIT, FORM_UD},
	{"ud0", 0, {0xff}, 1, ANY_DIGIT, FORM_UD},
};

/* The general registers as instructions number them. */
static const enum reg by_number[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8,	 REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

struct prefixes {
	uint8_t mandatory; /* the last of 66, f2, f3 */
	uint8_t rex;
	bool gs, fs, narrow;
	size_t size;
};

static struct prefixes read_prefixes(const uint8_t *code, size_t length)
{
	struct prefixes p = {0};

	for (; p.size < length; p.size++) {
		uint8_t byte = code[p.size];

		if (byte == 0xf2 || byte == 0xf3)
			p.mandatory = byte;
		else if (byte == 0x66)
			p.mandatory = p.mandatory ? p.mandatory : byte;
		else if (byte == 0x64 || byte == 0x65)
			p.fs = byte == 0x64, p.gs = byte == 0x65;
		else if (byte == 0x67)
			p.narrow = true;
		else if (byte != 0x2e && byte != 0x3e)
			break;
	}
	if (p.size < length && (code[p.size] & 0xf0) == 0x40)
		p.rex = code[p.size++];
	return p;
}

/* Read the SIB byte; true when there is no base but a 32-bit displacement. */
static bool read_sib(uint8_t sib, uint8_t mod, const struct prefixes *p, struct operand *operand)
{
	unsigned index = (sib >> 3 & 7) | (p->rex & 2) << 2;

	operand->scale = 1 << (sib >> 6);
	if (index != 4)
		operand->index = by_number[index];
	if ((sib & 7) == 5 && mod == 0)
		return true;
	operand->base = by_number[(sib & 7) | (p->rex & 1) << 3];
	return false;
}

/* Read a ModRM memory operand; returns the bytes it takes, 0 when they are not all there. */
static size_t read_memory(const uint8_t *code, size_t length, const struct prefixes *p,
			  struct operand *operand)
{
	uint8_t mod = code[0] >> 6, rm = code[0] & 7;
	size_t size = 1, displacement = mod == 1 ? 1 : mod == 2 ? 4 : 0;

	*operand = (struct operand){.kind = OPERAND_MEMORY,
				    .size = 8,
				    .base = REG_NONE,
				    .index = REG_NONE,
				    .scale = 1,
				    .gs = p->gs,
				    .fs = p->fs,
				    .narrow = p->narrow};
	if (rm == 4) {
		if (length < ++size)
			return 0;
		if (read_sib(code[1], mod, p, operand))
			displacement = 4;
	} else if (rm == 5 && mod == 0) {
		operand->base = REG_RIP;
		displacement = 4;
	} else {
		operand->base = by_number[rm | (p->rex & 1) << 3];
	}
	if (length < size + displacement)
		return 0;
	if (displacement == 1)
		operand->displacement = (int8_t)code[size];
	else if (displacement == 4)
		operand->displacement = (int32_t)load_u32(code + size);
	return size + displacement;
}

static struct operand register_operand(unsigned number)
{
	return (struct operand){.kind = OPERAND_REGISTER,
				.size = 8,
				.reg = by_number[number & 15],
				.read = true,
				.base = REG_NONE,
				.index = REG_NONE,
				.scale = 1};
}

/* Read the operands behind the opcode; returns their size, 0 when the bytes do not fit the form. */
static size_t read_operands(const struct newer *newer, const uint8_t *code, size_t length,
			    const struct prefixes *p, struct insn *insn)
{
	struct operand *memory = &insn->operands[0], *reg = &insn->operands[1];
	size_t size = 1;

	if (!length || (newer->digit != ANY_DIGIT && (code[0] >> 3 & 7) != newer->digit))
		return 0;
	bool is_register = code[0] >> 6 == 3;
	if (newer->form == FORM_REG && !is_register)
		return 0;
	if (newer->form != FORM_REG && newer->form != FORM_UD && is_register)
		return 0;
	if (is_register)
		*memory = register_operand((code[0] & 7) | (p->rex & 1) << 3);
	else
		size = read_memory(code, length, p, memory);
	insn->operand_count = 1;
	if (newer->form == FORM_REG)
		return size;
	*reg = register_operand((code[0] >> 3 & 7) | (p->rex & 4) << 1);
	insn->operand_count = 2;
	memory->written = newer->form == FORM_MEM_WRITE;
	memory->read = newer->form == FORM_MEM_READ || is_register;
	return size;
}

static const struct newer *find_newer(const uint8_t *code, size_t length, uint8_t prefix)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct newer *newer = &table[i];
		bool prefix_fits = newer->prefix == prefix || newer->form == FORM_UD;

		if (!prefix_fits || length < newer->opcode_size ||
		    memcmp(newer->opcode, code, newer->opcode_size))
			continue;
		if (newer->digit == ANY_DIGIT || newer->form == FORM_NONE)
			return newer;
		/* The other digits of this opcode are other instructions. */
		if (length > newer->opcode_size && code[newer->opcode_size] >> 6 == 3 &&
		    (code[newer->opcode_size] >> 3 & 7) == newer->digit)
			return newer;
	}
	return NULL;
}

static void finish(struct insn *insn, const struct newer *newer, const uint8_t *code)
{
	memcpy(insn->bytes, code, insn->size);
	snprintf(insn->mnemonic, sizeof(insn->mnemonic), "%s", newer->name);
	insn->is_trap = newer->form == FORM_UD;
	for (unsigned i = 0; i < insn->operand_count; i++) {
		struct operand *operand = &insn->operands[i];

		insn_format_operand(operand);
		if (operand->kind == OPERAND_REGISTER)
			insn->regs_read |= 1u << operand->reg;
		if (operand->base < REG_COUNT && operand->kind == OPERAND_MEMORY)
			insn->regs_read |= 1u << operand->base;
		if (operand->index < REG_COUNT && operand->kind == OPERAND_MEMORY)
			insn->regs_read |= 1u << operand->index;
	}
	const char *first = insn->operand_count == 2 ? insn->operands[1].assembly : "";
	const char *last = insn->operand_count ? insn->operands[0].assembly : "";
	snprintf(insn->assembly, sizeof(insn->assembly), "%s%s%.36s%s%.36s", insn->mnemonic,
		 insn->operand_count ? " " : "", first, *first ? "," : "", last);
}

bool disasm_newer(const uint8_t *code, size_t length, uint64_t address, struct insn *ret)
{
	struct prefixes p = read_prefixes(code, MIN(length, 14u));
	size_t at = p.size + 1;
	const struct newer *newer = NULL;
	struct insn insn = {.address = address};

	if (length > at && code[p.size] == 0x0f)
		newer = find_newer(code + at, length - at, p.mandatory);
	if (!newer)
		return false;
	at += newer->opcode_size;
	if (newer->form != FORM_NONE) {
		size_t size = read_operands(newer, code + at, length - at, &p, &insn);

		if (!size)
			return false;
		at += size;
	}
	if (at > 15)
		return false;
	insn.size = at;
	if (!strcmp(newer->name, "rdssp"))
		insn.regs_written |= 1u << insn.operands[0].reg;
	finish(&insn, newer, code);
	*ret = insn;
	return true;
}
