/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be told of a decoded instruction: its name, the assembly and the address of its operands. */
#include "kernel/insn/insn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *insn_bare_mnemonic(const struct insn *insn)
{
	const char *space = strrchr(insn->mnemonic, ' ');

	return space ? space + 1 : insn->mnemonic;
}

bool insn_is(const struct insn *insn, const char *mnemonic)
{
	return !strcmp(insn_bare_mnemonic(insn), mnemonic);
}

bool insn_operand_address(const struct insn *insn, const struct operand *operand,
			  const struct regs *regs, uint64_t *ret)
{
	uint64_t address = operand->displacement;
	enum reg segment = operand->gs ? REG_GS_BASE : REG_FS_BASE;

	if (operand->kind != OPERAND_MEMORY)
		return false;
	if (operand->base == REG_RIP)
		address += insn->address + insn->size;
	else if (operand->base != REG_NONE && !regs_known(regs, operand->base))
		return false;
	else if (operand->base != REG_NONE)
		address += regs->value[operand->base];
	if (operand->index != REG_NONE && !regs_known(regs, operand->index))
		return false;
	if (operand->index != REG_NONE)
		address += regs->value[operand->index] * operand->scale;
	if (operand->narrow)
		address &= UINT32_MAX;
	if (operand->gs || operand->fs) {
		/* A base of 0 is what kdump's notes hold for "not recorded". */
		if (!regs_known(regs, segment) || !regs->value[segment])
			return false;
		address += regs->value[segment];
	}
	*ret = address;
	return true;
}

/* --- operands as assembly ------------------------------------------------------------------------- */

static int write_displacement(char *buf, size_t size, int64_t displacement)
{
	if (displacement < 0)
		return snprintf(buf, size, "-0x%" PRIx64, -(uint64_t)displacement);
	return snprintf(buf, size, "0x%" PRIx64, (uint64_t)displacement);
}

static const char *address_register(const struct operand *operand, enum reg reg)
{
	static const char *const narrow[16] = {
		"eax", "edx", "ecx",  "ebx",  "esi",  "edi",  "ebp",  "esp",
		"r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d",
	};

	return operand->narrow && reg < 16 ? narrow[reg] : reg_name(reg);
}

static void format_memory(struct operand *operand)
{
	char *buf = operand->assembly;
	size_t size = sizeof(operand->assembly), at = 0;
	bool absolute = operand->base == REG_NONE && operand->index == REG_NONE;

	if (operand->gs || operand->fs)
		at += snprintf(buf, size, "%s", operand->gs ? "%gs:" : "%fs:");
	if (operand->displacement || absolute || operand->base == REG_RIP)
		at += write_displacement(buf + at, size - at, operand->displacement);
	if (absolute)
		return;
	at += snprintf(buf + at, size - at, "(");
	if (operand->base != REG_NONE)
		at += snprintf(buf + at, size - at, "%%%s",
			       address_register(operand, operand->base));
	if (operand->index != REG_NONE)
		at += snprintf(buf + at, size - at, ",%%%s,%d",
			       address_register(operand, operand->index), operand->scale);
	snprintf(buf + at, size - at, ")");
}

void insn_format_operand(struct operand *operand)
{
	operand->assembly[0] = '\0';
	if (operand->kind == OPERAND_MEMORY)
		format_memory(operand);
	else if (operand->kind == OPERAND_IMMEDIATE)
		snprintf(operand->assembly, sizeof(operand->assembly), "$0x%" PRIx64,
			 (uint64_t)operand->immediate);
	else if (operand->reg != REG_NONE)
		snprintf(operand->assembly, sizeof(operand->assembly), "%%%s",
			 reg_name(operand->reg));
}
