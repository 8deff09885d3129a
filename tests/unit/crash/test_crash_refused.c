/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "crash/crash_refused.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"

static struct insn decode(const char *code, size_t length)
{
	struct disasm *disasm;
	struct insn insn;

	assert_ok(disasm_open(&disasm));
	ck_assert(disasm_one(disasm, (const uint8_t *)code, length, 0xffffffff81000000ull, &insn));
	disasm_close(disasm);
	return insn;
}

#define DECODE(code) decode(code, sizeof(code) - 1)

static bool refuses(struct insn insn, uint64_t address)
{
	for (unsigned i = 0; i < insn.operand_count; i++)
		if (insn.operands[i].kind == OPERAND_MEMORY)
			return crash_refused_address(&insn, &insn.operands[i], address);
	ck_abort_msg("no memory in %s", insn.assembly);
}

START_TEST(only_some_want_aligned_addresses)
{
	ck_assert(refuses(DECODE("\x0f\x28\x07"), 0x1008)); /* movaps (%rdi),%xmm0 */
	ck_assert(!refuses(DECODE("\x0f\x28\x07"), 0x1010));
	ck_assert(!refuses(DECODE("\x0f\x10\x07"), 0x1008));	 /* movups */
	ck_assert(refuses(DECODE("\x66\x0f\xfe\x07"), 0x1008));	 /* paddd */
	ck_assert(!refuses(DECODE("\xc5\xf9\xfe\x07"), 0x1008)); /* vpaddd */
	ck_assert(refuses(DECODE("\xc5\xfc\x28\x07"), 0x1010));	 /* vmovaps (%rdi),%ymm0 */
	ck_assert(!refuses(DECODE("\xc5\xfc\x10\x07"), 0x1008)); /* vmovups */
	ck_assert(!refuses(DECODE("\x48\x8b\x07"), 0x1001));	 /* mov (%rdi),%rax */
}
END_TEST

static bool divisor_of(struct insn insn, uint64_t *ret)
{
	static struct kernel kernel;
	struct crash crash = {.kernel = &kernel, .kind = CRASH_DIVIDE_ERROR};

	crash.code[0] = insn;
	crash.code_count = 1;
	crash.regs.value[REG_RCX] = 0x1234567800000300;
	crash.regs.known = 1u << REG_RCX;
	return crash_divisor(&crash, ret);
}

START_TEST(divisors_are_as_wide_as_the_instruction_says)
{
	uint64_t divisor;

	ck_assert(divisor_of(DECODE("\x48\xf7\xf1"), &divisor)); /* div %rcx */
	ck_assert_uint_eq(divisor, 0x1234567800000300);
	ck_assert(divisor_of(DECODE("\xf7\xf9"), &divisor)); /* idiv %ecx */
	ck_assert_uint_eq(divisor, 0x300);
	ck_assert(divisor_of(DECODE("\xf6\xf1"), &divisor)); /* div %cl */
	ck_assert_uint_eq(divisor, 0);
	ck_assert(!divisor_of(DECODE("\xf6\xf5"), &divisor));	  /* div %ch */
	ck_assert(!divisor_of(DECODE("\x48\xf7\xf2"), &divisor)); /* div %rdx: not known */
	ck_assert(!divisor_of(DECODE("\x48\xf7\x37"), &divisor)); /* divq (%rdi): no memory */
	ck_assert(!divisor_of(DECODE("\x48\x8b\x07"), &divisor));
}
END_TEST

UNIT_MAIN("crash_refused", only_some_want_aligned_addresses,
	  divisors_are_as_wide_as_the_instruction_says)
