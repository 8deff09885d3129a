/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that no instruction begins with, in a function whose own instructions lead there. */
#include "text/text_stray.h"

#include "fake_kernel.h"
#include "kernel/insn/disasm.h"

#define CODE (FAKE_BASE + 0x8000)

static uint8_t first;

/* endbr64; nopl 0(%rax,%rax,1); then these bytes */
static unsigned count_of(const char *bytes, size_t length, uint64_t at)
{
	struct symbol function = {.name = "lab_poll", .address = CODE, .size = 64};

	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_put(CODE, "\xf3\x0f\x1e\xfa\x0f\x1f\x44\x00\x00", 9);
	fake_put(CODE + 9, bytes, length);
	unsigned count = text_stray_count(&kernel, &function, CODE + at, &first);
	disasm_close(kernel.disasm);
	kernel.disasm = NULL;
	fake_close();
	return count;
}

START_TEST(bytes_that_begin_nothing)
{
	ck_assert_uint_eq(count_of("\x06\x07\x0e\x16\xc3", 5, 9), 4);
	ck_assert_uint_eq(first, 0x06);
	ck_assert_uint_eq(count_of("\x90\xea\xc3", 3, 10), 1);
	ck_assert_uint_eq(first, 0xea);
	ck_assert_uint_eq(
		count_of("\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06",
			 18, 9),
		16);
}
END_TEST

START_TEST(instructions)
{
	ck_assert_uint_eq(count_of("\x0f\x0b\xc3", 3, 9), 0);	       /* ud2 */
	ck_assert_uint_eq(count_of("\x62\xf1\x7c\x48\x28", 5, 9), 0);  /* AVX-512 */
	ck_assert_uint_eq(count_of("\xd5\x10\x89\xc0", 4, 9), 0);      /* APX */
	ck_assert_uint_eq(count_of("\xb8\x06\x07\x0e\x16", 5, 10), 0); /* in the middle of one */
	ck_assert_uint_eq(count_of("\x06\x06", 2, 10), 0);	       /* behind another of them */
	ck_assert_uint_eq(count_of("\x06", 1, 0x5000), 0);
}
END_TEST

UNIT_MAIN("text_stray", bytes_that_begin_nothing, instructions)
