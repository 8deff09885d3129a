/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/printk/log_mail.h"

#define CUT_75                                                                                     \
	"012345678901234567890123456789012345678901234567890123456789012345678901234" /* 75 bytes */

#define RULE_36 "===================================="

static bool decode(const char *text, struct str *ret)
{
	return log_mail_decode(text, strlen(text), ret);
}

START_TEST(lines_go_on_and_bytes_come_back)
{
	_str_ struct str text = {0};

	ck_assert(decode(CUT_75 "=\nx\n" CUT_75 "=\ny=3D=C3=A4\n" CUT_75 "=\n=\nz=\n", &text));
	ck_assert_str_eq(text.data, CUT_75 "x\n" CUT_75 "y=\xc3\xa4\n" CUT_75 "z");
}
END_TEST

/* What is no code of a byte stays as it is, also at the very end. */
START_TEST(what_is_no_code_stays)
{
	static const char *const ends[] = {"=", "=3", "=3x", "=zz", "a=b", "=3d"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		_str_ struct str text = {0}, line = {0};

		str_printf(&line, CUT_75 "=\n" CUT_75 "=\n" CUT_75 "=\n%s", ends[i]);
		ck_assert(decode(line.data, &text));
		ck_assert_msg(!strcmp(text.data + 3 * strlen(CUT_75), ends[i]), "%s", ends[i]);
	}
}
END_TEST

/* Lines that end in "=" are no mail: too few, too short, too long, none at all, or made of nothing else. */
START_TEST(other_texts)
{
	static const char *const texts[] = {
		"",
		"=\n",
		"a=\nb=\nc=\nd=\n",
		CUT_75 "=\n" CUT_75 "=\n",
		CUT_75 "x=\n" CUT_75 "x=\n" CUT_75 "x=\n" CUT_75 "x=\n",
		CUT_75 "\n" CUT_75 "\n" CUT_75 "\n",
		RULE_36 RULE_36 "\n" RULE_36 RULE_36 "\n" RULE_36 RULE_36 "\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_str_ struct str text = {0};

		ck_assert_msg(!decode(texts[i], &text), "%zu", i);
		ck_assert_uint_eq(text.length, 0);
	}
}
END_TEST

UNIT_MAIN("log_mail", lines_go_on_and_bytes_come_back, what_is_no_code_stays, other_texts)
