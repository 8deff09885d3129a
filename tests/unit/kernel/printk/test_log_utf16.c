/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/printk/log_utf16.h"

/* Decoded in pieces of this size, one behind the other. */
static void check(const char *bytes, size_t length, size_t piece, const char *wanted)
{
	struct log_utf16 state = {0};
	_str_ struct str buffer = {0}, all = {0};

	for (size_t at = 0; at < length; at += piece) {
		size_t got;
		const char *text = log_utf16_decode(&state, bytes + at, MIN(piece, length - at),
						    &buffer, &got);

		str_append(&all, text, got);
	}
	ck_assert_str_eq(all.data ? all.data : "", wanted);
}

START_TEST(byte_order_marks_decide)
{
	static const char little[] = "\xff\xfe<\0"
				     "4\0>\0\xe4\0\x3d\xd8\x80\xde\n";
	static const char big[] = "\xfe\xff\0<\0"
				  "4\0>\0\xe4\xd8\x3d\xde\x80\0\n";

	for (size_t piece = 2; piece < 9; piece++) {
		check(little, sizeof(little), piece, "<4>\xc3\xa4\xf0\x9f\x9a\x80\n");
		check(big, sizeof(big) - 1, piece, "<4>\xc3\xa4\xf0\x9f\x9a\x80\n");
	}
	check("\xef\xbb\xbfutf-8", 8, 3, "\xef\xbb\xbfutf-8");
	check("x", 1, 1, "x");
}
END_TEST

START_TEST(without_a_mark)
{
	char wide[256], text[129];

	memset(text, 'a', sizeof(text) - 1);
	text[128] = '\0';
	for (size_t i = 0; i < sizeof(wide); i++)
		wide[i] = i % 2 ? '\0' : 'a';
	check(wide, sizeof(wide), 256, text);
	check(wide + 1, sizeof(wide) - 2, 254, text + 1);
}
END_TEST

START_TEST(broken_pairs)
{
	/* halves alone, the wrong way round, and half a unit at the end */
	check("\xff\xfe\x3d\xd8"
	      "a\0\x80\xde"
	      "b\0\x3d\xd8\x3d\xd8"
	      "c\0d",
	      17, 17,
	      "\xef\xbf\xbd"
	      "a\xef\xbf\xbd"
	      "b\xef\xbf\xbd\xef\xbf\xbd"
	      "c");
}
END_TEST

UNIT_MAIN("log_utf16", byte_order_marks_decide, without_a_mark, broken_pairs)
