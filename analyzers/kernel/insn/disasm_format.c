/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"

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
	char *buf = operand->text;
	size_t size = sizeof(operand->text), at = 0;
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

void operand_format(struct operand *operand)
{
	operand->text[0] = '\0';
	if (operand->kind == OPERAND_MEMORY)
		format_memory(operand);
	else if (operand->kind == OPERAND_IMMEDIATE)
		snprintf(operand->text, sizeof(operand->text), "$0x%" PRIx64,
			 (uint64_t)operand->immediate);
	else if (operand->reg != REG_NONE)
		snprintf(operand->text, sizeof(operand->text), "%%%s", reg_name(operand->reg));
}

/*
 * Finding where instructions begin before an address: a run of decoded instructions that reaches
 * the address exactly. x86 code falls into step within a few instructions, so that of the runs
 * from all starting bytes the longest is right in all but the first few of its instructions.
 */
#define SEARCH_BACK 96

/* Walk instruction by instruction from code[from]; true when one begins at target. */
static bool walks_to(struct disasm *disasm, const uint8_t *code, size_t length, size_t from,
		     size_t target)
{
	while (from < target) {
		size_t size = disasm_length(disasm, code + from, length - from);

		if (!size)
			return false;
		from += size;
	}
	return from == target;
}

/* The byte offset to begin at so that an instruction starts at target; target if none is found. */
static size_t find_start(struct disasm *disasm, const uint8_t *code, size_t length, size_t target,
			 bool start_is_insn)
{
	size_t first = target > SEARCH_BACK ? target - SEARCH_BACK : 0, best = target;
	uint8_t steps[SEARCH_BACK + 1] = {0}; /* by distance to target: length of the run + 1 */

	if (start_is_insn && walks_to(disasm, code, length, 0, target))
		return 0;
	steps[0] = 1;
	for (size_t from = target; from-- > first;) {
		size_t size = disasm_length(disasm, code + from, length - from);
		size_t next = from + size;

		if (!size || next > target || !steps[target - next])
			continue;
		steps[target - from] = steps[target - next] + 1;
		if (steps[target - from] > steps[target - best])
			best = from;
	}
	return best;
}

/* Keep the newest `keep` entries of list, dropping its oldest one. */
static void shift(struct insn *list, size_t keep)
{
	memmove(list, list + 1, keep * sizeof(*list));
}

struct err *disasm_around(struct disasm *disasm, const uint8_t *code, size_t length, uint64_t start,
			  bool start_is_insn, uint64_t address, struct insn *list, size_t before,
			  size_t after, size_t *count, size_t *at)
{
	size_t target = address - start, n = 0, found = 0;
	struct insn insn;

	if (address < start || target >= length)
		return err_at(ERR_INVALID, address, "no code bytes");
	TRY(disasm_one(disasm, code + target, length - target, address, &insn));
	size_t from = find_start(disasm, code, length, target, start_is_insn);
	while (from < target &&
	       err_ok(disasm_one(disasm, code + from, length - from, start + from, &insn))) {
		if (n == before && n)
			shift(list, --n);
		if (before)
			list[n++] = insn;
		from += insn.size;
	}
	found = n;
	for (from = target; from < length && n < found + 1 + after; from += insn.size) {
		if (!err_ok(disasm_one(disasm, code + from, length - from, start + from, &insn)))
			break;
		list[n++] = insn;
	}
	*count = n;
	*at = found;
	return NULL;
}
