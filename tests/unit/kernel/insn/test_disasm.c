/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/insn/disasm_around.h"
#include "kernel/insn/disasm_newer.h"

#define HERE 0xffffffff81000000ull
#define BIT(reg) (1u << (reg))

static struct disasm *disasm;

static void setup(void)
{
	assert_ok(disasm_open(&disasm));
}

static void teardown(void)
{
	disasm_close(disasm);
}

static size_t bytes_of(const char *hex, uint8_t *ret, size_t max)
{
	size_t n = 0;
	unsigned byte;

	for (; n < max && sscanf(hex, "%x", &byte) == 1; hex += 2 + (hex[2] == ' '))
		ret[n++] = byte;
	return n;
}

static struct insn decode(const char *hex)
{
	uint8_t code[16];
	struct insn insn = {0};
	size_t length = bytes_of(hex, code, sizeof(code));

	ck_assert(disasm_one(disasm, code, length, HERE, &insn));
	ck_assert_msg(insn.size == length, "%s: %u bytes", hex, insn.size);
	return insn;
}

/* 0x40 to 0x4f are instructions of their own there, not prefixes. */
START_TEST(code_of_32_bits_is_decoded_as_such)
{
	static const uint8_t code[] = {0x40, 0x8b, 0x50, 0x14};
	struct disasm *i386 = NULL;
	struct insn insn = {0};

	assert_ok(disasm_open_i386(&i386));
	ck_assert(disasm_one(i386, code, sizeof(code), 0xf8a3c01a, &insn));
	ck_assert_uint_eq(insn.size, 1);
	ck_assert(disasm_one(i386, code + 1, sizeof(code) - 1, 0xf8a3c01b, &insn));
	ck_assert_str_eq(insn.assembly, "mov 0x14(%eax),%edx");
	ck_assert_uint_eq(insn.regs_written, BIT(REG_RDX));
	disasm_close(i386);
}
END_TEST

/* Texts as objdump 2.40 writes them, white space aside. */
static const struct {
	const char *bytes, *text;
	uint32_t written; /* registers, RSP and RFLAGS included */
	int access;	  /* of the first operand: 1 read, 2 written */
} known[] = {
	{"48 8b 7f 40", "mov 0x40(%rdi),%rdi", BIT(REG_RDI), 2},
	{"48 89 07", "mov %rax,(%rdi)", 0, 2},
	{"48 c7 40 08 00 00 00 00", "movq $0x0,0x8(%rax)", 0, 2},
	{"48 8b 2c 25 10 00 00 00", "mov 0x10,%rbp", BIT(REG_RBP), 2},
	{"48 8d 43 d0", "lea -0x30(%rbx),%rax", BIT(REG_RAX), 2},
	{"0f b6 07", "movzbl (%rdi),%eax", BIT(REG_RAX), 2},
	{"48 63 ff", "movslq %edi,%rdi", BIT(REG_RDI), 2},
	{"48 8b 04 c5 00 00 00 80", "mov -0x80000000(,%rax,8),%rax", BIT(REG_RAX), 2},
	{"65 48 8b 04 25 c0 f7 01 00", "mov %gs:0x1f7c0,%rax", BIT(REG_RAX), 2},
	{"e8 00 10 00 00", "call 0xffffffff81001005", BIT(REG_RSP), 0},
	{"ff 50 10", "call *0x10(%rax)", BIT(REG_RSP), 1},
	{"ff e0", "jmp *%rax", 0, 1},
	{"c3", "ret", BIT(REG_RSP), 0},
	{"53", "push %rbx", BIT(REG_RSP), 1},
	{"5b", "pop %rbx", BIT(REG_RSP) | BIT(REG_RBX), 2},
	{"48 f7 f1", "div %rcx", BIT(REG_RAX) | BIT(REG_RDX) | BIT(REG_RFLAGS), 1},
	{"f0 48 0f b1 17", "lock cmpxchg %rdx,(%rdi)", BIT(REG_RAX) | BIT(REG_RFLAGS), 3},
	{"f3 48 ab", "rep stosq %rax,(%rdi)", BIT(REG_RDI) | BIT(REG_RCX), 2},
	{"f6 07 01", "testb $0x1,(%rdi)", BIT(REG_RFLAGS), 1},
	{"0f 29 07", "movaps %xmm0,(%rdi)", 0, 2},
	{"d2 20", "shl %cl,(%rax)", BIT(REG_RFLAGS), 3},
	{"0f 94 c0", "sete %al", BIT(REG_RAX), 2},
	{"48 98", "cltq", BIT(REG_RAX), 0},
	{"0f 0b", "ud2", 0, 0},
	{"f3 0f 1e fa", "endbr64", 0, 0},
	/* not in capstone 4.0.2, or wrong there */
	{"67 0f b9 3a", "ud1 %rdi,(%edx)", 0, 0},
	{"67 0f b9 40 05", "ud1 %rax,0x5(%eax)", 0, 0},
	{"0f 01 e8", "serialize", 0, 0},
	{"f2 0f 01 ca", "erets", 0, 0},
	{"f3 48 0f 1e c8", "rdssp %rax", BIT(REG_RAX), 1},
	{"f3 48 0f ae e8", "incssp %rax", 0, 1},
	{"66 48 0f 38 f5 06", "wruss %rax,(%rsi)", 0, 2},
	{"66 0f 38 f8 44 24 10", "movdir64b 0x10(%rsp),%rax", 0, 1},
};

START_TEST(text_access_and_registers)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct insn insn = decode(known[i].bytes);
		int access = insn.operands[0].read | insn.operands[0].written << 1;
		bool text_fits = !strcmp(insn.assembly, known[i].text) ||
				 /* Intel order puts movdir64b's address register first. */
				 strstr(insn.assembly, "movdir64b");

		ck_assert_msg(text_fits, "%s: %s", known[i].bytes, insn.assembly);
		ck_assert_msg(insn.regs_written == known[i].written, "%s: writes %x", insn.assembly,
			      insn.regs_written);
		ck_assert_msg(access == known[i].access, "%s: access %d", insn.assembly, access);
	}
}
END_TEST

START_TEST(nothing_touches_the_operand_of_lea_and_nop)
{
	ck_assert(!decode("48 8d 43 d0").operands[1].read);
	ck_assert(!decode("0f 1f 44 00 00").operands[0].read);
	ck_assert(!decode("0f 18 08").operands[0].read);
}
END_TEST

START_TEST(flow)
{
	struct insn call = decode("e8 00 10 00 00"), jump = decode("74 10"), ret = decode("c3");

	ck_assert(call.is_call && call.writes_stack);
	ck_assert_uint_eq(call.target, HERE + 0x1005);
	ck_assert(jump.is_jump && jump.is_conditional);
	ck_assert_uint_eq(jump.target, HERE + 0x12);
	ck_assert(ret.is_return && ret.reads_stack);
	ck_assert(decode("0f 0b").is_trap && decode("cc").is_trap && decode("f4").is_trap);
	ck_assert_uint_eq(decode("ff d0").target, 0);
}
END_TEST

START_TEST(effective_addresses)
{
	struct regs regs = {0};
	struct insn insn = decode("48 8b 7f 40"), rip = decode("48 8b 05 00 10 00 00");
	struct insn sib = decode("48 8b 44 cb f8"), gs = decode("65 48 8b 04 25 c0 f7 01 00");
	uint64_t address;

	ck_assert(!insn_operand_address(&insn, &insn.operands[1], &regs, &address));
	regs_set(&regs, REG_RDI, 0xffff87c5eafa5600);
	ck_assert(insn_operand_address(&insn, &insn.operands[1], &regs, &address));
	ck_assert_uint_eq(address, 0xffff87c5eafa5640);
	ck_assert(insn_operand_address(&rip, &rip.operands[1], &regs, &address));
	ck_assert_uint_eq(address, HERE + 7 + 0x1000);
	regs_set(&regs, REG_RBX, 0x1000);
	regs_set(&regs, REG_RCX, 3);
	ck_assert(insn_operand_address(&sib, &sib.operands[1], &regs, &address));
	ck_assert_uint_eq(address, 0x1000 + 3 * 8 - 8);
	/* A GS base of 0 is "not recorded", not an address. */
	regs_set(&regs, REG_GS_BASE, 0);
	ck_assert(!insn_operand_address(&gs, &gs.operands[1], &regs, &address));
	regs_set(&regs, REG_GS_BASE, 0xffff888100000000);
	ck_assert(insn_operand_address(&gs, &gs.operands[1], &regs, &address));
	ck_assert_uint_eq(address, 0xffff88810001f7c0);
	ck_assert(!insn_operand_address(&insn, &insn.operands[0], &regs, &address));
}
END_TEST

START_TEST(no_instruction_is_an_error)
{
	static const uint8_t bad[] = {0x06}, cut[] = {0x48, 0x8b},
			     prefixes[15] = {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
					     0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};
	struct insn insn;

	ck_assert(!disasm_one(disasm, bad, sizeof(bad), HERE, &insn));
	ck_assert(!disasm_one(disasm, cut, sizeof(cut), HERE, &insn));
	ck_assert(!disasm_one(disasm, prefixes, sizeof(prefixes), HERE, &insn));
	ck_assert(!disasm_one(disasm, cut, 0, HERE, &insn));
	/* A known opcode whose operand is cut off. */
	static const uint8_t ud1[] = {0x0f, 0xb9, 0x84};
	ck_assert(!disasm_newer(ud1, sizeof(ud1), HERE, &insn));
}
END_TEST

/* Every two-byte start with every prefix that matters: nothing crashes, sizes stay sane. */
START_TEST(any_bytes)
{
	static const uint8_t lead[] = {0x66, 0xf2, 0xf3, 0x48, 0x65, 0x67, 0x90};
	uint32_t random = 1;

	for (unsigned i = 0; i < 65536; i++) {
		uint8_t code[15] = {lead[i % ARRAY_SIZE(lead)], 0x0f};
		struct insn insn = {0};

		code[2] = i >> 8;
		for (size_t j = 3; j < sizeof(code); j++) {
			random = random * 1664525 + 1013904223;
			code[j] = random >> 24;
		}
		size_t length = 1 + i % sizeof(code);
		if (!disasm_one(disasm, code, length, HERE, &insn))
			continue;
		ck_assert(insn.size >= 1 && insn.size <= length);
		ck_assert_uint_le(insn.operand_count, INSN_OPERANDS);
		ck_assert(memchr(insn.assembly, 0, sizeof(insn.assembly)));
	}
}
END_TEST

/* push %r15; mov 0x40(%rdi),%rdi; test %rdi,%rdi; je +2; ud2; ret */
static const char function[] = "41 57 48 8b 7f 40 48 85 ff 74 02 0f 0b c3";

START_TEST(neighbours_from_the_function)
{
	uint8_t bytes[32];
	struct disasm_code code = {bytes, bytes_of(function, bytes, sizeof(bytes)), HERE, true};
	struct insn list[8];
	struct disasm_window window = {.list = list, .before = 2, .after = 2};

	ck_assert(disasm_around(disasm, &code, HERE + 9, &window));
	ck_assert_uint_eq(window.count, 5);
	ck_assert_uint_eq(window.at, 2);
	ck_assert_uint_eq(list[0].address, HERE + 2);
	ck_assert_str_eq(list[2].mnemonic, "je");
	ck_assert_uint_eq(list[4].address, HERE + 13);
	/* The middle of an instruction is none of the function's: falls back to searching. */
	window.after = 0;
	ck_assert(disasm_around(disasm, &code, HERE + 1, &window));
	ck_assert_uint_eq(list[window.at].address, HERE + 1);
	/* Nothing before is wanted. */
	window.before = 0;
	ck_assert(disasm_around(disasm, &code, HERE + 9, &window));
	ck_assert_uint_eq(window.count, 1);
	ck_assert_uint_eq(list[0].address, HERE + 9);
}
END_TEST

START_TEST(neighbours_without_a_start)
{
	uint8_t bytes[32];
	size_t length = bytes_of(function, bytes, sizeof(bytes));
	/* Begin in the middle of "mov 0x40(%rdi),%rdi", as a "Code:" line may. */
	struct disasm_code cut = {bytes + 3, length - 3, HERE + 3, false};
	struct disasm_code whole = {bytes, length, HERE, false};
	struct insn list[8];
	struct disasm_window window = {.list = list, .before = 2, .after = 1};

	ck_assert(disasm_around(disasm, &cut, HERE + 11, &window));
	ck_assert_uint_eq(window.at, 2);
	ck_assert_str_eq(list[0].mnemonic, "test");
	ck_assert_str_eq(list[1].mnemonic, "je");
	ck_assert_str_eq(list[2].mnemonic, "ud2");
	/* Outside the bytes, or nothing that decodes. */
	ck_assert(!disasm_around(disasm, &whole, HERE + length, &window));
	ck_assert_uint_eq(window.count, 0);
	ck_assert(!disasm_around(disasm, &whole, HERE - 1, &window));
	bytes[0] = 0x06;
	whole.starts_right = true;
	ck_assert(!disasm_around(disasm, &whole, HERE, &window));
}
END_TEST

int main(void)
{
	static const TTest *const *const tests[] = {
		&text_access_and_registers,
		&nothing_touches_the_operand_of_lea_and_nop,
		&code_of_32_bits_is_decoded_as_such,
		&flow,
		&effective_addresses,
		&no_instruction_is_an_error,
		&any_bytes,
		&neighbours_from_the_function,
		&neighbours_without_a_start,
	};
	TCase *cases = tcase_create("disasm");

	tcase_add_checked_fixture(cases, setup, teardown);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		tcase_add_test(cases, *tests[i]);
	return unit_run("disasm", cases);
}
