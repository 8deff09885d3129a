/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "crash/crash_index.h"
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"

#define ARRAY (FAKE_BASE + 0x8000)
#define NOTHING 0xffffc90000010000ull /* not mapped */

struct err *memory_translate(struct memory *memory, uint64_t va, uint64_t *phys)
{
	*phys = va;
	return memory_read(memory, va, &(char){0}, 1);
}

/* A fault at this instruction, which reads by rdi and rsi. */
static struct crash take(const char *code, size_t length, uint64_t rdi, uint64_t rsi)
{
	struct crash crash = {.kernel = &kernel, .exception = true};
	struct disasm *disasm;
	struct insn insn;

	fake_open(NULL);
	kernel.memory = (struct memory *)&fake; /* never looked into */
	fake_region(0x800000000000, 0xffff800000000000, VA_NON_CANONICAL);
	assert_ok(disasm_open(&disasm));
	ck_assert(disasm_one(disasm, (const uint8_t *)code, length, 0xffffffff81000000, &insn));
	crash.regs.value[REG_RDI] = rdi;
	crash.regs.value[REG_RSI] = rsi;
	crash.regs.known = 1u << REG_RDI | 1u << REG_RSI;
	for (unsigned i = 0; i < insn.operand_count; i++)
		if (insn.operands[i].kind == OPERAND_MEMORY)
			crash_index_take(&crash, &insn.operands[i]);
	disasm_close(disasm);
	fake_close();
	return crash;
}

#define TAKE(code, rdi, rsi) take(code, sizeof(code) - 1, rdi, rsi)
#define LOOK_UP "\x48\x8b\x04\xf7"		       /* mov (%rdi,%rsi,8),%rax */
#define LOOK_UP_FAR "\x48\x8b\x84\xf7\x00\x00\x00\x40" /* mov 0x40000000(%rdi,%rsi,8),%rax */
#define LOOK_UP_TWICE "\x48\x8b\x04\xff"	       /* mov (%rdi,%rdi,8),%rax */
#define LOOK_AT "\x48\x8b\x47\x08"		       /* mov 0x8(%rdi),%rax */

START_TEST(an_index_leads_out_of_an_array)
{
	struct crash crash = TAKE(LOOK_UP, ARRAY, 0x3fffffff);

	ck_assert(crash.index_known);
	ck_assert_uint_eq(crash.array, ARRAY);
	ck_assert_uint_eq(crash.index, 0x3fffffff);
	crash = TAKE(LOOK_UP, ARRAY, (uint64_t)-0x100000); /* below zero */
	ck_assert(crash.index_known);
	ck_assert_uint_eq(crash.index, (uint64_t)-0x100000);
}
END_TEST

START_TEST(what_is_no_array_has_no_index)
{
	ck_assert(!TAKE(LOOK_UP, NOTHING, 0x3fffffff).index_known);
	ck_assert(!TAKE(LOOK_UP, 0, 0x3fffffff).index_known);
	ck_assert(!TAKE(LOOK_UP, 0x7f0000001000, 0x3fffffff).index_known);
	/* the displacement alone leads out of it */
	ck_assert(!TAKE(LOOK_UP_FAR, ARRAY, 0x3fffffff).index_known);
	ck_assert(!TAKE(LOOK_AT, ARRAY, 0x3fffffff).index_known);
}
END_TEST

START_TEST(an_address_is_no_index)
{
	ck_assert(!TAKE(LOOK_UP, ARRAY, ARRAY + 64).index_known);
	ck_assert(!TAKE(LOOK_UP, ARRAY, 0xdead000000000100).index_known);
	ck_assert(!TAKE(LOOK_UP_TWICE, ARRAY, 0).index_known);
}
END_TEST

UNIT_MAIN("crash_index", an_index_leads_out_of_an_array, what_is_no_array_has_no_index,
	  an_address_is_no_index)
