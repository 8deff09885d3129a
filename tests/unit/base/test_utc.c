/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "base/utc.h"

START_TEST(times_are_rfc_3339)
{
	char text[UTC_SIZE];

	ck_assert(utc_format(1651495301, text));
	ck_assert_str_eq(text, "2022-05-02T12:41:41Z");
	ck_assert_int_eq(utc_parse(text), 1651495301);
	ck_assert(utc_format(0, text));
	ck_assert_str_eq(text, "1970-01-01T00:00:00Z");
}
END_TEST

START_TEST(what_is_no_time_is_none)
{
	static const char *const texts[] = {"",		  "now",
					    "1651495301", "2022-05-02",
					    "x",	  "2022-05-02T12:41:41Z ",
					    NULL,	  "2022-13-02T12:41:41Z"};
	static const int64_t years[] = {INT64_MAX, INT64_MIN, 253402300800};
	char text[UTC_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_int_eq(utc_parse(texts[i]), 0);
	for (size_t i = 0; i < ARRAY_SIZE(years); i++) {
		ck_assert(!utc_format(years[i], text));
		ck_assert_str_eq(text, "?");
	}
	ck_assert(utc_format(253402300799, text));
	ck_assert_str_eq(text, "9999-12-31T23:59:59Z");
}
END_TEST

UNIT_MAIN("utc", times_are_rfc_3339, what_is_no_time_is_none)
