/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "base/str.h"

START_TEST(errors_carry_address_and_errno)
{
	_err_ struct err *at = err_at(ERR_EXCLUDED, 0xffff888000001000, "page %s", "excluded");
	ck_assert_str_eq(at->message, "page excluded at 0xffff888000001000");
	ck_assert_uint_eq(at->address, 0xffff888000001000);

	struct err *io = err_errno(ENOENT, "open \"%s\"", "x");
	io = err_wrap(io, "start");
	ck_assert_str_eq(io->message, "start: open \"x\": No such file or directory");
	ck_assert_int_eq(io->errnum, ENOENT);
	ck_assert(!err_ok(io));
	ck_assert(err_ok(NULL));
}
END_TEST

ALLOCATIONS_MAY_FAIL

static volatile size_t too_much = SIZE_MAX / 4;

static struct err *out_of_memory(void)
{
	_free_ char *memory = malloc(too_much);

	return memory ? NULL : &err_nomem;
}

START_TEST(memory_that_ran_out_is_known_whatever_became_of_it)
{
	_free_ char *kept = strdup("kept");
	_str_ struct str text = {0};
	unsigned before = alloc_failures();

	str_printf(&text, "%s", "there is enough");
	_free_ char *moved = realloc(take_ptr(kept), 1000);
	ck_assert_str_eq(moved, "kept");
	ck_assert_uint_eq(alloc_failures(), before);

	ck_assert(!err_ok(out_of_memory()));
	ck_assert_uint_eq(alloc_failures(), before + 1);
	ck_assert_ptr_null(calloc(too_much, 1));
	ck_assert_ptr_null(realloc(NULL, too_much));
	ck_assert_ptr_null(reallocarray(NULL, too_much, 8));
	ck_assert_uint_eq(alloc_failures(), before + 4);
	ck_assert(!err_ok(err_errno(ENOMEM, "map a file")));
	ck_assert_uint_eq(alloc_failures(), before + 5);
}
END_TEST

static struct err *tolerate(struct err *err, bool *ok)
{
	*ok = TRY_OK(err);
	return NULL;
}

START_TEST(out_of_memory_is_not_tolerated)
{
	bool ok = false;

	assert_ok(tolerate(NULL, &ok));
	ck_assert(ok);
	assert_ok(tolerate(err_new(ERR_NOT_FOUND, "nothing there"), &ok));
	ck_assert(!ok);
	assert_err(tolerate(&err_nomem, &ok), ERR_NOMEM);
}
END_TEST

START_TEST(numbers_are_whole_or_nothing)
{
	uint64_t value;

	ck_assert(parse_hex("0xffffffff81000000", 18, &value));
	ck_assert_uint_eq(value, 0xffffffff81000000);
	ck_assert(!parse_hex("0x", 2, &value));
	ck_assert(!parse_hex("12345678901234567", 17, &value));
	ck_assert(!parse_hex("12 ", 3, &value));
	ck_assert(parse_dec("18446744073709551615", 20, &value));
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert(!parse_dec("18446744073709551616", 20, &value));
	ck_assert(!parse_dec("-1", 2, &value));
}
END_TEST

START_TEST(numbers_are_found_in_a_line)
{
	uint64_t value;

	ck_assert(parse_hex_start("1fg", &value) && value == 0x1f);
	ck_assert(!parse_hex_start(" 1f", &value));
	ck_assert_uint_eq(hex_digits("09afAF@"), 6);
	/* What stands beside each range. */
	for (const char *at = "/:@`Gg\x10\x01\xe1"; *at; at++)
		ck_assert_uint_eq(hex_digits(at), 0);
	ck_assert_uint_eq(hex_digits(""), 0);
	ck_assert(parse_dec_after("CPU: 12 PID: 7", "PID: ", &value) && value == 7);
	ck_assert(parse_hex_after("CR2: 00000000000002a0\n", "CR2: ", &value) && value == 0x2a0);
	ck_assert(!parse_hex_after("CR2: ", "CR2: ", &value));
	ck_assert(!parse_dec_after("CPU: x", "CPU: ", &value));
	ck_assert(!parse_dec_after("", "CPU: ", &value));
}
END_TEST

START_TEST(parts_are_copied_and_cut)
{
	char text[4];

	copy_part(text, sizeof(text), "abcdef", 2);
	ck_assert_str_eq(text, "ab");
	copy_part(text, sizeof(text), "abcdef", 6);
	ck_assert_str_eq(text, "abc");
	copy_string(text, sizeof(text), "");
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(strings_escape_what_a_terminal_obeys)
{
	_str_ struct str s = {0};

	str_escape(&s, "a\033[2J\n\0b", 8);
	ck_assert_str_eq(s.data, "a\\x1b[2J\\x0a\\x00b");

	char comm[4];
	copy_string(comm, sizeof(comm), "kworker");
	ck_assert_str_eq(comm, "kwo");
}
END_TEST

UNIT_MAIN("base", errors_carry_address_and_errno,
	  memory_that_ran_out_is_known_whatever_became_of_it, out_of_memory_is_not_tolerated,
	  numbers_are_whole_or_nothing, numbers_are_found_in_a_line, parts_are_copied_and_cut,
	  strings_escape_what_a_terminal_obeys)
