/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code against its file: every kind of place the kernel patches, and files that lie. */
#include <stdio.h>

#include "elf_build.h"
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "kernel/modules/module.h"
#include "text/text_compare.h"

#define TEXT (FAKE_BASE + 0x10000) /* where the code is in the dead kernel */
#define TABLE (FAKE_BASE + 0x20000)
#define REPLACEMENT (FAKE_BASE + 0x28000)
#define CALLEE (FAKE_BASE + 0x18000)
#define SITE 16 /* offset of the place that is patched */
#define CODE_SIZE 64

/* --- a kernel --------------------------------------------------------------------------------- */

static void patch_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t c = b_int(b, "unsigned char", 1), s = b_int(b, "short", 2);

	b_record(b, B_STRUCT, "alt_instr", 12, 5, "instr_offset", i, 0, "repl_offset", i, 32,
		 "cpuid", s, 64, "instrlen", c, 80, "replacementlen", c, 88);
	b_record(b, B_STRUCT, "jump_entry", 16, 3, "code", i, 0, "target", i, 32, "key", l, 64);
	b_record(b, B_STRUCT, "static_call_site", 8, 2, "addr", i, 0, "key", i, 32);
	b_record(b, B_STRUCT, "paravirt_patch_site", 16, 3, "instr", l, 0, "type", c, 64, "len", c,
		 72);
	b_record(b, B_STRUCT, "kprobe", 16, 2, "hlist", l, 0, "addr", l, 64);
}

static void set_up(void (*types)(struct btf_build *b, uint32_t i, uint32_t l))
{
	fake_open(types);
	fake_modules = FAKE_BASE;
	fake_modules_end = FAKE_BASE + 0x30000;
	fake_symbol("callee", CALLEE);
	assert_ok(disasm_open(&kernel.disasm));
}

static void tear_down(void)
{
	disasm_close(kernel.disasm);
	fake_close();
}

/* "0f 1f" into bytes; returns how many. */
static size_t hex(const char *text, uint8_t *bytes)
{
	size_t count = 0;
	unsigned value;

	for (int used; sscanf(text, " %2x%n", &value, &used) == 1; text += used)
		bytes[count++] = (uint8_t)value;
	return count;
}

/* Code of nops, with these bytes at the site. */
static void put_code(uint8_t code[CODE_SIZE], const char *site)
{
	memset(code, 0x90, CODE_SIZE);
	hex(site, code + SITE);
}

static void compare(const struct elf_build *file, uint64_t slide, struct text_comparison *result)
{
	_cleanup_(cleanup_text_file_close) struct text_file *text = NULL;

	assert_ok(text_file_open(write_file(file), &text));
	assert_ok(text_file_place_kernel(text, slide));
	assert_ok(text_compare(&kernel, text, TEXT, TEXT + CODE_SIZE, result));
}

/* --- tables ----------------------------------------------------------------------------------- */

enum table_kind { NO_TABLE, DISTANCE, ADDRESS, ALTERNATIVE, JUMP, STATIC_CALL, PARAVIRT };

static size_t make_table(enum table_kind kind, size_t length, size_t replacement, uint8_t *table)
{
	int32_t site = (int32_t)(TEXT + SITE - TABLE);
	uint64_t address = TEXT + SITE;

	memset(table, 0, 32);
	switch (kind) {
	case NO_TABLE:
		return 0;
	case DISTANCE:
		memcpy(table, &site, 4);
		return 4;
	case ADDRESS:
		memcpy(table, &address, 8);
		return 8;
	case ALTERNATIVE:
		memcpy(table, &site, 4);
		memcpy(table + 4, &(int32_t){REPLACEMENT - TABLE - 4}, 4);
		table[10] = (uint8_t)length;
		table[11] = (uint8_t)replacement;
		return 12;
	case JUMP:
		memcpy(table, &site, 4);
		memcpy(table + 4, &(int32_t){(int32_t)(TEXT + 48 - TABLE - 4)}, 4);
		return 16;
	case STATIC_CALL:
		memcpy(table, &site, 4);
		return 8;
	default: /* the last entry has no padding at its end */
		memcpy(table, &address, 8);
		table[9] = (uint8_t)length;
		return 10;
	}
}

struct patch_case {
	const char *section;
	enum table_kind kind;
	const char *expected, *found, *replacement;
	size_t patched, unchecked, differ;
};

/* CALLEE from the site: 0x18000 - (0x10000 + 16 + 5) = 0x7feb; as a jump from the replacement. */
#define TO_CALLEE "eb 7f 00 00"
#define ELSEWHERE "00 00 00 70" /* beyond all code */

static const struct patch_case patch_cases[] = {
	/* Calls of __fentry__: nops, a tracer, a breakpoint while being patched. */
	{"__mcount_loc", ADDRESS, "e8 00 00 00 00", "0f 1f 44 00 00", "", 1, 0, 0},
	{"__mcount_loc", ADDRESS, "e8 00 00 00 00", "66 66 66 66 90", "", 1, 0, 0},
	{"__mcount_loc", ADDRESS, "e8 00 00 00 00", "e8 " TO_CALLEE, "", 1, 0, 0},
	{"__mcount_loc", ADDRESS, "e8 00 00 00 00", "cc 1f 44 00 00", "", 1, 0, 0},
	{"__mcount_loc", ADDRESS, "e8 00 00 00 00", "0f 1f 44 08 00", "", 0, 0, 1},
	{"__mcount_loc", ADDRESS, "e8 00 00 00 00", "e8 " ELSEWHERE, "", 0, 5, 0},
	{"__mcount_loc", ADDRESS, "e8 00 00 00 00", "11 22 33 44 55", "", 0, 5, 0},
	/* Static keys: the jump leads to offset 48, 27 bytes on. */
	{"__jump_table", JUMP, "0f 1f 44 00 00", "e9 1b 00 00 00", "", 1, 0, 0},
	{"__jump_table", JUMP, "e9 1b 00 00 00", "0f 1f 44 00 00", "", 1, 0, 0},
	{"__jump_table", JUMP, "66 90", "eb 1e", "", 1, 0, 0},
	{"__jump_table", JUMP, "eb 1e", "66 90", "", 1, 0, 0},
	{"__jump_table", JUMP, "0f 1f 44 00 00", "e9 1b 00 00 10", "", 0, 0, 1},
	{"__jump_table", JUMP, "66 90", "66 91", "", 0, 0, 1},
	{"__jump_table", JUMP, "0f 1f 44 00 00", "e9 55 66 77 88", "", 0, 5, 0},
	/* Static calls: another function, none, one that returns 0, a tail call's return. */
	{".static_call_sites", STATIC_CALL, "e8 00 00 00 00", "e8 " TO_CALLEE, "", 1, 0, 0},
	{".static_call_sites", STATIC_CALL, "e8 00 00 00 00", "0f 1f 44 00 00", "", 1, 0, 0},
	{".static_call_sites", STATIC_CALL, "e8 00 00 00 00", "2e 2e 2e 31 c0", "", 1, 0, 0},
	{".static_call_sites", STATIC_CALL, "e8 00 00 00 00", "66 66 48 31 c0", "", 1, 0, 0},
	{".static_call_sites", STATIC_CALL, "e9 00 00 00 00", "c3 cc cc cc cc", "", 1, 0, 0},
	{".static_call_sites", STATIC_CALL, "e8 00 00 00 00", "e8 " ELSEWHERE, "", 0, 5, 0},
	{".static_call_sites", STATIC_CALL, "e9 00 00 00 00", "c2 cc cc cc cc", "", 0, 0, 1},
	/* Retpolines: call *%rax, jmp *%r11 behind an lfence, a thunk; and what is none. */
	{".retpoline_sites", DISTANCE, "e8 00 00 00 00", "ff d0 0f 1f 00", "", 1, 0, 0},
	{".retpoline_sites", DISTANCE, "e9 00 00 00 00", "41 ff e3 cc cc", "", 1, 0, 0},
	{".retpoline_sites", DISTANCE, "e9 00 00 00 00", "0f ae e8 ff e0", "", 1, 0, 0},
	{".retpoline_sites", DISTANCE, "e8 00 00 00 00", "e8 " TO_CALLEE, "", 1, 0, 0},
	{".retpoline_sites", DISTANCE, "e8 00 00 00 00", "48 89 d8 90 90", "", 0, 5, 0},
	{".retpoline_sites", DISTANCE, "e8 00 00 00 00", "e8 00 00 00 70", "", 0, 5, 0},
	/* Returns. */
	{".return_sites", DISTANCE, "e9 00 00 00 00", "c3 cc cc cc cc", "", 1, 0, 0},
	{".return_sites", DISTANCE, "e9 00 00 00 00", "e9 " TO_CALLEE, "", 1, 0, 0},
	{".return_sites", DISTANCE, "e9 00 00 00 00", "c3 cc cc 8c cc", "", 0, 0, 1},
	/* endbr64 where no indirect call leads. */
	{".ibt_endbr_seal", DISTANCE, "f3 0f 1e fa", "66 0f 1f 00", "", 1, 0, 0},
	{".ibt_endbr_seal", DISTANCE, "f3 0f 1e fa", "0f 1f 40 d6", "", 1, 0, 0},
	{".ibt_endbr_seal", DISTANCE, "f3 0f 1e fa", "f3 0f 1e ba", "", 0, 0, 1},
	{".ibt_endbr_seal", DISTANCE, "f3 0f 1e fa", "12 34 56 78", "", 0, 4, 0},
	/* lock prefixes on one CPU. */
	{".smp_locks", DISTANCE, "f0 ff 00", "3e ff 00", "", 1, 0, 0},
	{".smp_locks", DISTANCE, "f0 ff 00", "b0 ff 00", "", 0, 0, 1},
	/* Calls through pv_ops: sti, mov, a function; not a return. */
	{".parainstructions", PARAVIRT, "ff 14 25 00 00 00 00", "fb 66 66 66 66 66 90", "", 1, 0,
	 0},
	{".parainstructions", PARAVIRT, "ff 14 25 00 00 00 00", "e8 " TO_CALLEE " 66 90", "", 1, 0,
	 0},
	{".parainstructions", PARAVIRT, "ff 14 25 00 00 00 00", "c3 90 90 90 90 90 90", "", 0, 7,
	 0},
	{".parainstructions", PARAVIRT, "ff 14 25 00 00 00 00", "ff 14 25 00 00 40 00", "", 0, 0,
	 1},
	/* Alternatives: replaced and padded, nops joined, jumps and calls moved and shortened. */
	{".altinstructions", ALTERNATIVE, "90 90 90", "0f 01 cb", "0f 01 cb", 1, 0, 0},
	{".altinstructions", ALTERNATIVE, "90 90 90", "0f 1f 00", "0f 01 cb", 1, 0, 0},
	{".altinstructions", ALTERNATIVE, "48 89 d8 90 90 90 90", "31 c0 0f 1f 44 00 00", "31 c0",
	 1, 0, 0},
	{".altinstructions", ALTERNATIVE, "48 89 d8 90 90 90 90", "48 89 d8 0f 1f 40 00", "31 c0",
	 1, 0, 0},
	{".altinstructions", ALTERNATIVE, "90 90 90 90 90", "e8 " TO_CALLEE, "e8 fb ff fe ff", 1, 0,
	 0},
	{".altinstructions", ALTERNATIVE, "90 90 90 90 90", "eb 09 0f 1f 00", "e9 16 80 fe ff", 1,
	 0, 0},
	{".altinstructions", ALTERNATIVE, "ff 15 00 00 00 00", "e8 " TO_CALLEE " 90", "", 1, 0, 0},
	{".altinstructions", ALTERNATIVE, "48 89 d8 90", "48 89 98 90", "31 c0", 0, 0, 1},
	{".altinstructions", ALTERNATIVE, "48 89 d8 90", "ff ff ff ff", "31 c0", 0, 4, 0},
	/* Constants of the running machine. */
	{"runtime_ptr_table", DISTANCE, "ef cd ab 89 67 45 23 01", "00 40 12 34 80 88 ff ff", "", 0,
	 8, 0},
	{"runtime_shift_table", DISTANCE, "0c", "0f", "", 0, 1, 0},
	/* Nothing that may change. */
	{"", NO_TABLE, "e8 00 00 00 00", "0f 1f 44 00 00", "", 0, 0, 3},
	{"", NO_TABLE, "0f 4b c0", "0f 0b c0", "", 0, 0, 1},
};

static void run_case(const struct patch_case *one)
{
	uint8_t expected[CODE_SIZE], found[CODE_SIZE], table[32], replacement[32], site[32];
	struct text_comparison result;
	struct elf_build file = {.type = ET_EXEC};
	size_t length = hex(one->expected, site), size = hex(one->replacement, replacement);

	set_up(patch_types);
	put_code(expected, one->expected);
	put_code(found, one->found);
	fake_put(TEXT, found, CODE_SIZE);
	size_t table_size = make_table(one->kind, length, size, table);
	add_section(&file, ".text", expected, CODE_SIZE, TEXT, SHF_EXECINSTR);
	if (table_size)
		add_section(&file, one->section, table, table_size, TABLE, 0);
	add_section(&file, ".altinstr_replacement", replacement, sizeof(replacement), REPLACEMENT,
		    0);
	compare(&file, 0, &result);
	ck_assert_msg(result.patched == one->patched && result.unchecked == one->unchecked &&
			      result.count == one->differ,
		      "%s: %s for %s: %zu patched, %zu unchecked, %zu differ", one->section,
		      one->found, one->expected, result.patched, result.unchecked, result.count);
	tear_down();
}

START_TEST(each_kind_of_patch)
{
	for (size_t i = 0; i < ARRAY_SIZE(patch_cases); i++)
		run_case(&patch_cases[i]);
}
END_TEST

static void run_bytes(const char *expected, const char *found, uint64_t slide,
		      struct text_comparison *result)
{
	uint8_t code[CODE_SIZE];
	struct elf_build file = {.type = ET_EXEC};

	put_code(code, found);
	fake_put(TEXT, code, CODE_SIZE);
	put_code(code, expected);
	add_section(&file, ".text", code, CODE_SIZE, TEXT - slide, SHF_EXECINSTR);
	compare(&file, slide, result);
}

START_TEST(fields_that_moved_with_the_image)
{
	struct text_comparison result;

	set_up(patch_types);
	/* movq $0xffffffff82a00040,%rdi; movabs of the same; a physical address. */
	run_bytes("48 c7 c7 40 00 a0 82", "48 c7 c7 40 00 c0 b4", 0x32200000, &result);
	ck_assert_uint_eq(result.count, 0);
	run_bytes("48 bf 40 00 a0 82 ff ff ff ff", "48 bf 40 00 c0 b4 ff ff ff ff", 0x32200000,
		  &result);
	ck_assert_uint_eq(result.count, 0);
	run_bytes("48 c7 c7 00 10 c0 02", "48 c7 c7 00 10 e0 34", 0x32200000, &result);
	ck_assert_uint_eq(result.count, 0);
	/* A flipped bit on top of that is one byte, against what the field has become. */
	run_bytes("48 c7 c7 40 00 a0 82", "48 c7 c7 40 00 c0 b5", 0x32200000, &result);
	ck_assert_str_eq(text_difference_class(&result), "bit_flip");
	ck_assert_uint_eq(result.differences[0].expected, 0xb4);
	ck_assert_uint_eq(result.differences[0].found, 0xb5);
	/* By another distance, and what is no address of the image. */
	run_bytes("48 c7 c7 40 00 a0 82", "48 c7 c7 40 00 f1 77", 0x32200000, &result);
	ck_assert_str_eq(text_difference_class(&result), "overwritten");
	run_bytes("48 c7 c7 40 00 a0 52", "48 c7 c7 40 00 c0 84", 0x32200000, &result);
	ck_assert_uint_gt(result.count, 0);
	/* Without KASLR nothing moves. */
	run_bytes("48 c7 c7 40 00 a0 82", "48 c7 c7 40 00 c0 b4", 0, &result);
	ck_assert_uint_eq(result.count, 2);
	tear_down();
}
END_TEST

START_TEST(flips_and_overwrites)
{
	struct text_comparison result;

	set_up(patch_types);
	run_bytes("0f 4b c0", "0f 4b c0", 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "same");
	ck_assert_uint_eq(result.bytes, CODE_SIZE);
	run_bytes("0f 4b c0", "0f 0b c0", 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "bit_flip");
	ck_assert_uint_eq(result.differences[0].address, TEXT + SITE + 1);
	ck_assert_uint_eq(result.differences[0].expected, 0x4b);
	ck_assert_uint_eq(result.differences[0].found, 0x0b);
	run_bytes("0f 4b c0", "18 03 56", 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "overwritten");
	ck_assert_uint_eq(result.count, 3);
	tear_down();
}
END_TEST

START_TEST(trampolines_of_static_calls)
{
	static const char *const ends[] = {"0f b9 cc", "53 43 54", "00 00 00"};
	struct text_comparison result;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(ends); i++) {
		uint8_t expected[CODE_SIZE], found[CODE_SIZE];
		struct elf_build file = {.type = ET_EXEC};
		bool named = i >= ARRAY_SIZE(ends), known = named || i < 2;

		set_up(patch_types);
		put_code(expected, "e9 00 00 00 00");
		put_code(found, "e9 " TO_CALLEE);
		hex(ends[i % ARRAY_SIZE(ends)], expected + SITE + 5);
		hex(ends[i % ARRAY_SIZE(ends)], found + SITE + 5);
		fake_put(TEXT, found, CODE_SIZE);
		fake_symbol(named ? "__SCT__might_resched" : "function", TEXT + SITE);
		add_section(&file, ".static_call.text", expected, CODE_SIZE, TEXT, SHF_EXECINSTR);
		compare(&file, 0, &result);
		ck_assert_uint_eq(result.patched, known);
		ck_assert_uint_eq(result.count, known ? 0 : 2);
		tear_down();
	}
}
END_TEST

START_TEST(hooks_of_modules_are_no_damage)
{
	static const struct module module = {.base = CALLEE - 0x100, .size = 0x200};
	struct text_comparison result;

	set_up(patch_types);
	kernel.modules = (struct modules *)&fake; /* never looked into */
	run_bytes("55 48 89 e5 41", "e9 " TO_CALLEE, 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "overwritten");
	fake_module = &module;
	run_bytes("55 48 89 e5 41", "e9 " TO_CALLEE, 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "hooked");
	ck_assert_uint_eq(result.hook, TEXT + SITE);
	ck_assert_uint_eq(result.hook_target, CALLEE);
	/* To nowhere; a call that one bit made a jump; a hook, and damage besides. */
	run_bytes("55 48 89 e5 41", "e9 " ELSEWHERE, 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "overwritten");
	run_bytes("e8 " TO_CALLEE, "e9 " TO_CALLEE, 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "bit_flip");
	run_bytes("55 48 89 e5 41 57 56", "e9 " TO_CALLEE " 57 11", 0, &result);
	ck_assert_str_eq(text_difference_class(&result), "overwritten");
	ck_assert_uint_eq(result.hooked, 1);
	tear_down();
}
END_TEST

START_TEST(kprobes_of_the_dump)
{
	struct text_comparison result;
	uint64_t table = FAKE_BASE + 0x1000, probe = FAKE_BASE + 0x2000;

	set_up(patch_types);
	run_bytes("55 48 89 e5 90", "cc 48 89 e5 90", 0, &result);
	ck_assert_uint_eq(result.count, 1);
	fake_symbol("kprobe_table", table);
	fake_u64(table + 5 * 8, probe);
	fake_u64(probe + 8, TEXT + SITE);
	run_bytes("55 48 89 e5 90", "cc 48 89 e5 90", 0, &result);
	ck_assert_uint_eq(result.count, 0);
	ck_assert_uint_eq(result.patched, 1);
	run_bytes("55 48 89 e5 90", "e9 11 22 33 44", 0, &result);
	ck_assert_uint_eq(result.count, 0);
	/* A chain that bites its tail ends. */
	fake_u64(probe, probe);
	run_bytes("55 48 89 e5 90", "cc 48 89 e5 90", 0, &result);
	ck_assert_uint_eq(result.patched, 1);
	tear_down();
}
END_TEST

/* --- tables that lie -------------------------------------------------------------------------- */

static const char *const table_names[] = {
	".altinstructions", "__jump_table",  ".static_call_sites", ".parainstructions",
	".retpoline_sites", ".return_sites", ".ibt_endbr_seal",	   ".smp_locks",
	"__mcount_loc",	    "runtime_ptr_x", "runtime_shift_x",	   ".static_call.text",
};

START_TEST(absurd_tables_hide_nothing)
{
	static const uint8_t fills[] = {0x00, 0xff, 0x80, 0x7f, 0x01};
	static const size_t sizes[] = {1, 3, 4, 7, 12, 17, 4096};
	uint8_t code[CODE_SIZE], table[4096];

	for (size_t n = 0; n < ARRAY_SIZE(table_names); n++)
		for (size_t f = 0; f < ARRAY_SIZE(fills) * ARRAY_SIZE(sizes); f++) {
			struct elf_build file = {.type = ET_EXEC};
			struct text_comparison result;

			set_up(patch_types);
			memset(table, fills[f % ARRAY_SIZE(fills)], sizeof(table));
			put_code(code, "0f 0b c0");
			fake_put(TEXT, code, CODE_SIZE);
			put_code(code, "0f 4b c0");
			add_section(&file, ".text", code, CODE_SIZE, TEXT, SHF_EXECINSTR);
			add_section(&file, table_names[n], table, sizes[f / ARRAY_SIZE(fills)],
				    TABLE, 0);
			compare(&file, 0, &result);
			ck_assert_msg(result.count == 1, "%s of %zu bytes %02x", table_names[n],
				      sizes[f / ARRAY_SIZE(fills)], table[0]);
			tear_down();
		}
}
END_TEST

START_TEST(replacement_out_of_bounds)
{
	uint8_t code[CODE_SIZE], table[32];
	struct elf_build file = {.type = ET_EXEC};
	struct text_comparison result;

	set_up(patch_types);
	put_code(code, "31 c0 90 90");
	fake_put(TEXT, code, CODE_SIZE);
	put_code(code, "48 89 d8 90");
	add_section(&file, ".text", code, CODE_SIZE, TEXT, SHF_EXECINSTR);
	/* The replacement's section is one byte long, and the replacement longer than its place. */
	add_section(&file, ".altinstructions", table, make_table(ALTERNATIVE, 4, 200, table), TABLE,
		    0);
	add_section(&file, ".altinstr_replacement", "\x31", 1, REPLACEMENT, 0);
	compare(&file, 0, &result);
	ck_assert_uint_eq(result.unchecked, 4);
	ck_assert_uint_eq(result.count, 0);
	tear_down();
}
END_TEST

START_TEST(tables_without_a_type_are_refused)
{
	_cleanup_(cleanup_text_file_close) struct text_file *text = NULL;
	struct elf_build file = {.type = ET_EXEC};
	uint8_t code[CODE_SIZE] = {0};
	struct text_comparison result;

	set_up(NULL);
	add_section(&file, ".text", code, CODE_SIZE, TEXT, SHF_EXECINSTR);
	add_section(&file, "__jump_table", code, 16, TABLE, 0);
	assert_ok(text_file_open(write_file(&file), &text));
	assert_ok(text_file_place_kernel(text, 0));
	assert_err(text_compare(&kernel, text, TEXT, TEXT + CODE_SIZE, &result), ERR_NOT_FOUND);
	tear_down();
}
END_TEST

START_TEST(rewritten_calls_are_refused)
{
	_cleanup_(cleanup_text_file_close) struct text_file *text = NULL;
	struct elf_build file = {.type = ET_EXEC};
	uint8_t code[CODE_SIZE] = {0};
	struct text_comparison result;

	set_up(patch_types);
	add_section(&file, ".text", code, CODE_SIZE, TEXT, SHF_EXECINSTR);
	add_section(&file, ".cfi_sites", code, 4, TABLE, 0);
	assert_ok(text_file_open(write_file(&file), &text));
	assert_ok(text_file_place_kernel(text, 0));
	assert_err(text_compare(&kernel, text, TEXT, TEXT + CODE_SIZE, &result), ERR_UNSUPPORTED);
	tear_down();
}
END_TEST

START_TEST(ranges_outside_of_the_code)
{
	_cleanup_(cleanup_text_file_close) struct text_file *text = NULL;
	struct elf_build file = {.type = ET_EXEC};
	uint8_t code[CODE_SIZE] = {0};
	struct text_comparison result;

	set_up(patch_types);
	add_section(&file, ".text", code, CODE_SIZE, TEXT, SHF_EXECINSTR);
	add_section(&file, ".data", code, CODE_SIZE, TABLE, SHF_WRITE);
	assert_ok(text_file_open(write_file(&file), &text));
	assert_ok(text_file_place_kernel(text, 0));
	assert_err(text_compare(&kernel, text, TABLE, TABLE + 8, &result), ERR_NOT_FOUND);
	assert_err(text_compare(&kernel, text, TEXT - 1, TEXT + 8, &result), ERR_NOT_FOUND);
	assert_err(text_compare(&kernel, text, TEXT + 8, TEXT + 8, &result), ERR_NOT_FOUND);
	assert_err(text_compare(&kernel, text, UINT64_MAX, 5, &result), ERR_NOT_FOUND);
	fake_put(TEXT, code, CODE_SIZE);
	assert_ok(text_compare(&kernel, text, TEXT + 8, UINT64_MAX, &result));
	ck_assert_uint_eq(result.bytes, CODE_SIZE - 8);
	tear_down();
}
END_TEST

START_TEST(files_without_code_are_refused)
{
	struct elf_build empty = {.type = ET_EXEC}, module = {.type = ET_REL};
	uint8_t code[CODE_SIZE] = {0};
	struct text_file *text;

	assert_err(text_file_open(memfd_create("empty", MFD_CLOEXEC), &text), ERR_INVALID);
	assert_err(text_file_open(-1, &text), ERR_INVALID);
	add_section(&empty, ".data", code, CODE_SIZE, TEXT, SHF_WRITE);
	assert_ok(text_file_open(write_file(&empty), &text));
	assert_err(text_file_place_kernel(text, 0), ERR_NOT_FOUND);
	text_file_close(text);
	add_section(&module, ".text", code, CODE_SIZE, 0, SHF_EXECINSTR);
	assert_ok(text_file_open(write_file(&module), &text));
	assert_err(text_file_place_kernel(text, 0), ERR_INVALID);
	text_file_close(text);
}
END_TEST

UNIT_MAIN("text_compare", each_kind_of_patch, fields_that_moved_with_the_image,
	  flips_and_overwrites, trampolines_of_static_calls, hooks_of_modules_are_no_damage,
	  kprobes_of_the_dump, absurd_tables_hide_nothing, replacement_out_of_bounds,
	  tables_without_a_type_are_refused, rewritten_calls_are_refused,
	  ranges_outside_of_the_code, files_without_code_are_refused)
