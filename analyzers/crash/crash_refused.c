/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instruction refuses though the memory is there: operands not aligned, divisors. */
#include "crash/crash_refused.h"

#include <string.h>

#include "base/str.h"
#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"

static bool is_vector(const struct insn *insn)
{
	for (unsigned i = 0; i < insn->operand_count; i++)
		if (strstr(insn->operands[i].assembly, "%xmm") ||
		    strstr(insn->operands[i].assembly, "%ymm"))
			return true;
	return false;
}

/* Of SSE's instructions only those take any address whose names say so; of AVX's only some moves do not. */
static bool wants_aligned(const struct insn *insn)
{
	static const char *const any[] = {"movu", "movdqu", "lddqu"}, *const strict[] = {"vmovap",
											 "vmovdqa",
											 "vmovnt"};
	const char *name = insn->mnemonic;

	for (size_t i = 0; i < ARRAY_SIZE(strict); i++)
		if (has_prefix(name, strict[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(any); i++)
		if (has_prefix(name, any[i]))
			return false;
	return name[0] != 'v';
}

bool crash_refused_address(const struct insn *insn, const struct operand *operand, uint64_t address)
{
	return operand->size >= 16 && address % operand->size && is_vector(insn) &&
	       wants_aligned(insn);
}

bool crash_divisor(const struct crash *crash, uint64_t *ret)
{
	const struct insn *insn = crash->code_count ? &crash->code[crash->code_at] : NULL;
	const struct operand *by = insn && insn->operand_count ? &insn->operands[0] : NULL;
	uint64_t at;

	if (crash->kind != CRASH_DIVIDE_ERROR || !by || by->size > 8 ||
	    (!insn_is(insn, "div") && !insn_is(insn, "idiv")))
		return false;
	if (by->kind == OPERAND_MEMORY)
		return crash->kernel->memory && insn_operand_address(insn, by, &crash->regs, &at) &&
		       err_ok(memory_read_uint(crash->kernel->memory, at, by->size, ret));
	if (by->kind != OPERAND_REGISTER || !regs_known(&crash->regs, by->reg))
		return false;
	*ret = crash->regs.value[by->reg];
	if (by->size < 8)
		*ret &= (1ull << 8 * by->size) - 1;
	return by->size > 1 || !strchr(by->assembly, 'h'); /* %ah and its like */
}
