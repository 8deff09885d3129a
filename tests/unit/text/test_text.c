/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "kernel/printk/dmesg.h"
#include "kernel/symbols/symbol.h"
#include "text/oops_code.h"
#include "text/text_difference.h"
#include "text/text_bit_flip.h"

/* --- the log's Code: line --------------------------------------------------------------------- */

static bool find(const char *text, const char *symbol, uint64_t offset, struct oops_code *ret)
{
	struct log *log;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	bool found = oops_code_find(log, symbol, offset, ret);
	log_close(log);
	return found;
}

START_TEST(code_lines_of_every_shape)
{
	static const struct {
		const char *text;
		size_t count, at; /* count 0: no such line */
	} cases[] = {
		{"Code: 66 90 <0f> 0b c0", 5, 2},
		{"Code: <0f> 0b", 2, 0},
		{"  Code:  0f 0b <c3>", 3, 2},
		{"Code: (0f) 0b", 2, 0},
		{"Code: 66 90 <0f> 0b zz 90", 4, 2},
		{"Code: 66 90 <0f> 0b c", 4, 2},
		{"Code: 66 90 <0f> 0bc0", 3, 2},
		{"Code: 66 90 0f 0b", 0, 0},
		{"Code: Bad RIP value.", 0, 0},
		{"Code: Unable to access opcode bytes at 0xffffffffffffffd6.", 0, 0},
		{"Code: <0f> <0b>", 0, 0},
		{"Code: <0f 0b", 0, 0},
		{"Code: <", 0, 0},
		{"Code:", 0, 0},
		{"", 0, 0},
		{"RIP: 0010:f+0x1/0x2", 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oops_code line;
		bool found = oops_code_parse(cases[i].text, &line);

		ck_assert_msg(found == !!cases[i].count, "\"%s\"", cases[i].text);
		if (!found)
			continue;
		ck_assert_msg(line.count == cases[i].count && line.at == cases[i].at,
			      "\"%s\": %zu bytes, RIP at %zu", cases[i].text, line.count, line.at);
	}
}
END_TEST

START_TEST(endless_code_line_is_cut)
{
	char text[8 + 3 * 4096] = "Code: <0f>";
	struct oops_code line;

	for (size_t i = strlen(text); i + 4 < sizeof(text); i += 3)
		memcpy(text + i, " 90", 4);
	ck_assert(oops_code_parse(text, &line));
	ck_assert_uint_eq(line.count, OOPS_CODE_MAX);
}
END_TEST

START_TEST(code_line_of_the_right_report)
{
	static const char log[] = "[    1.0] RIP: 0010:other+0x5/0x20 [crashme]\n"
				  "[    1.0] Code: 11 <22> 33\n"
				  "[    2.0] RIP: 0010:victim+0x5/0x20 [crashme]\n"
				  "[    2.0] Code: 66 <0f> 0b\n"
				  "[    2.0] RSP: 0018:ffffc32e801abe40 EFLAGS: 00000282\n"
				  "[    2.0] RIP: 0033:0x48f6f3\n"
				  "[    2.0] Code: 48 <3d> 00\n";
	struct oops_code line;

	ck_assert(find(log, "victim", 5, &line));
	ck_assert_uint_eq(line.count, 3);
	ck_assert_uint_eq(line.bytes[1], 0x0f);
	ck_assert(find(log, "other", 5, &line));
	ck_assert_uint_eq(line.bytes[1], 0x22);
	ck_assert(!find(log, "victim", 6, &line));
	ck_assert(!find(log, "nobody", 5, &line));
	ck_assert(!oops_code_find(NULL, "victim", 5, &line));
}
END_TEST

/* --- classes ---------------------------------------------------------------------------------- */

START_TEST(one_or_two_bits_of_one_byte_are_a_flip)
{
	static const struct {
		uint8_t expected[3], found[3];
		const char *class;
	} cases[] = {
		{{0x0f, 0x4b, 0xc0}, {0x0f, 0x4b, 0xc0}, "same"},
		{{0x0f, 0x4b, 0xc0}, {0x0f, 0x0b, 0xc0}, "bit_flip"},
		{{0x0f, 0x4b, 0xc0}, {0x0f, 0x4b, 0xc3}, "bit_flip"},
		{{0x0f, 0x4b, 0xc0}, {0x0f, 0x4b, 0xc7}, "overwritten"},
		{{0x0f, 0x4b, 0xc0}, {0x0e, 0x4b, 0xc1}, "overwritten"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct text_comparison comparison = {0};

		for (size_t j = 0; j < 3; j++)
			if (cases[i].expected[j] != cases[i].found[j])
				text_difference_note(&comparison, j, cases[i].expected[j],
						     cases[i].found[j]);
		ck_assert_str_eq(text_difference_class(&comparison), cases[i].class);
	}
}
END_TEST

START_TEST(differences_without_end_are_counted)
{
	struct text_comparison comparison = {0};

	for (unsigned i = 0; i < 10000; i++)
		text_difference_note(&comparison, i, 0, 1);
	ck_assert_uint_eq(comparison.count, 10000);
	ck_assert_uint_eq(comparison.differences[TEXT_DIFFERENCES_MAX - 1].address,
			  TEXT_DIFFERENCES_MAX - 1);
	ck_assert_str_eq(text_difference_class(&comparison), "overwritten");
}
END_TEST

/* --- a flip told from the code alone ---------------------------------------------------------- */

#define FUNCTION (FAKE_BASE + 0x1000)

/* A function of these bytes; what RIP-relative operands reach counts as a module's. */
static bool flip(const char *code, size_t length, uint64_t rip, struct text_bit_flip *ret)
{
	struct symbol function = {.address = FUNCTION, .size = length, .name = "function"};

	fake_open(NULL);
	fake_modules = FAKE_BASE;
	fake_modules_end = FAKE_BASE + (1 << 20);
	fake_symbol("function", FUNCTION);
	fake_symbol("callee", FUNCTION + 0x800);
	assert_ok(disasm_open(&kernel.disasm));
	fake_put(FUNCTION, code, length);
	bool found = text_bit_flip_find(&kernel, &function, FUNCTION + rip, ret);
	disasm_close(kernel.disasm);
	fake_close();
	return found;
}
#define FLIP(code, rip, ret) flip(code, sizeof(code) - 1, rip, ret)

#define NOP5 "\x0f\x1f\x44\x00\x00"
#define INC "\x48\x83\x05\x48\x40\x00\x00\x01" /* addq $1,0x4048(%rip) */
#define PAD "\xcc\xcc\xcc\xcc"

START_TEST(one_bit_explains_an_undefined_instruction)
{
	struct text_bit_flip told;

	/* cmovnp %eax,%eax without bit 6 of its second byte is a ud2 and half an instruction. */
	ck_assert(FLIP(NOP5 "\x0f\x0b\xc0" INC "\xc3" PAD, 5, &told));
	ck_assert_uint_eq(told.address, FUNCTION + 6);
	ck_assert_uint_eq(told.found, 0x0b);
	ck_assert_uint_eq(told.restored, 0x4b);
	ck_assert_uint_eq(told.insn.size, 3);
	/* 16 is no instruction in 64-bit mode; push %rsi (56) is one bit away. */
	ck_assert(FLIP(NOP5 "\x16" INC "\xc3" PAD, 5, &told));
	ck_assert_uint_eq(told.address, FUNCTION + 5);
}
END_TEST

START_TEST(compilers_traps_are_no_flips)
{
	struct text_bit_flip told;

	/* The function's last instruction. */
	ck_assert(!FLIP(NOP5 INC "\x0f\x0b", 13, &told));
	/* Padding follows, or a cold block that makes sense as it stands. */
	ck_assert(!FLIP(NOP5 INC "\x0f\x0b" PAD PAD, 13, &told));
	ck_assert(!FLIP(NOP5 "\x0f\x0b" INC INC "\xc3" PAD, 5, &told));
	/* After a call of what does not return: callq callee. */
	ck_assert(!FLIP("\xe8\xfb\x07\x00\x00\x0f\x0b\xc0" INC "\xc3" PAD, 5, &told));
	/* What comes after is jumped to: jmp +2 over the ud2, from before. */
	ck_assert(!FLIP("\x74\x02\x0f\x0b\xc0\x48\x83\x05\x48\x40\x00\x00\x01\xc3", 2, &told));
	/* Xen's prefix: ud2 and three letters before a cpuid. */
	ck_assert(!FLIP(NOP5 "\x0f\x0bxen\x0f\xa2" INC "\xc3" PAD, 5, &told));
	/* ud0 %eax,%eax, written by hand: in step with what follows. */
	ck_assert(!FLIP(NOP5 "\x0f\xff\xc0" INC "\xc3" PAD, 5, &told));
}
END_TEST

START_TEST(no_flip_where_the_code_says_nothing)
{
	static const char code[] = NOP5 "\x0f\x0b\xc0" INC "\xc3" PAD;
	struct text_bit_flip told;

	/* RIP in the middle of an instruction, beyond the function, at its very end. */
	ck_assert(!flip(code, sizeof(code) - 1, 4, &told));
	ck_assert(!flip(code, sizeof(code) - 1, sizeof(code) - 1, &told));
	ck_assert(!flip(code, sizeof(code) - 1, UINT64_MAX / 2, &told));
	ck_assert(!flip(code, 0, 5, &told));
	/* Garbage all around: nothing fits. */
	ck_assert(!FLIP(NOP5 "\x0f\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff", 5, &told));
}
END_TEST

START_TEST(function_of_absurd_size)
{
	struct symbol function = {.address = FUNCTION, .size = UINT64_MAX, .name = "function"};
	struct text_bit_flip told;

	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	ck_assert(!text_bit_flip_find(&kernel, &function, FUNCTION + 5, &told));
	function = (struct symbol){.address = 5, .size = 64};
	ck_assert(!text_bit_flip_find(&kernel, &function, 10, &told));
	disasm_close(kernel.disasm);
	fake_close();
}
END_TEST

UNIT_MAIN("text", code_lines_of_every_shape, endless_code_line_is_cut,
	  code_line_of_the_right_report, one_or_two_bits_of_one_byte_are_a_flip,
	  differences_without_end_are_counted, one_bit_explains_an_undefined_instruction,
	  compilers_traps_are_no_flips, no_flip_where_the_code_says_nothing,
	  function_of_absurd_size)
