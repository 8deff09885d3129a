/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "kernel/printk/log_parts.h"

static void check(const char *text, const char *wanted)
{
	_str_ struct str joined = {0};

	ck_assert_int_eq(log_parts_join(text, strlen(text), &joined), wanted != NULL);
	if (wanted)
		ck_assert_str_eq(joined.data, wanted);
}

START_TEST(parts_are_put_in_order)
{
	check("Panic#1 Part1\n<4>[    3.000000] c\n<4>[    4.000000] d\n"
	      "Panic#1 Part2\n<4>[    1.000000] a\n<4>[    2.000000] b\n",
	      "<4>[    1.000000] a\n<4>[    2.000000] b\n<4>[    3.000000] c\n<4>[    4.000000] "
	      "d\n");
	check("Oops#12 Part10\r\nj\r\nOops#12 Part2\r\nb\r\nOops#12 Part1\r\na", "j\r\nb\r\na\n");
}
END_TEST

/* The second record begins before the end of the first. */
START_TEST(records_overlap)
{
	check("Oops#1 Part1\n<4>[    1.000000] the first\n<4>[    2.000000] the second\n"
	      "Panic#2 Part1\n<4>[    2.000000] the second\n<4>[    3.000000] the third\n",
	      "<4>[    1.000000] the first\n<4>[    2.000000] the second\n<4>[    3.000000] the "
	      "third\n");
}
END_TEST

START_TEST(what_is_before_and_between)
{
	check("# cat dmesg-*\n====1700000000.123456-D\nPanic#1 Part1\nb\n"
	      "====1700000000.123456-D\nPanic#1 Part2\na\n",
	      "# cat dmesg-*\na\nb\n");
}
END_TEST

START_TEST(other_text)
{
	check("", NULL);
	check("no parts\n", NULL);
	check("a Panic#1 Part1\n", NULL);
	check("Panic#1 Part\n", NULL);
	check("Panic# Part1\n", NULL);
	check("Panic#1 Part1x\n", NULL);
	check("Panic#1 Part99999999999999999999999\n", NULL);
	check("disk: Part1 Part2\n", NULL);
}
END_TEST

/* More parts than there are: the rest stays with the last. */
START_TEST(parts_without_end)
{
	_str_ struct str text = {0}, joined = {0};

	for (unsigned i = 0; i < 10000; i++)
		str_printf(&text, "Oops#%u Part%u\n%u\n", i % 7, i, i);
	ck_assert(log_parts_join(text.data, text.length, &joined));
	ck_assert_uint_lt(joined.length, text.length);
	ck_assert(!joined.failed);
}
END_TEST

UNIT_MAIN("log_parts", parts_are_put_in_order, records_overlap, what_is_before_and_between,
	  other_text, parts_without_end)
