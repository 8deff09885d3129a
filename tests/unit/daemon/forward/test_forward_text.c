/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What jsonb refuses is taken out, and nothing else. */
#include <string.h>

#include "daemon/forward/forward_text.h"
#include "unit.h"

static const struct {
	const char *text, *clean;
} texts[] = {
	{"", ""},
	{"{\"a\": \"b\\n\\\"\"}", "{\"a\": \"b\\n\\\"\"}"},
	{"a\\u0000b", "a\\ufffdb"},
	{"a\\\\u0000b", "a\\\\u0000b"}, /* a backslash, and then letters */
	{"\\ud800", "\\ufffd"},
	{"\\ud800\\ud800x", "\\ufffd\\ufffdx"},
	{"\\udc00", "\\ufffd"},
	{"\\ud83d\\ude00", "\\ud83d\\ude00"},
	{"\\u00", "\\u00"},
	{"\\", "\\"},
	{"h\xc3\xa9", "h\xc3\xa9"},
	{"h\xc3(", "h?("},
	{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
	{"\xf0\x9f\x98", "???"},
	{"\xed\xa0\x80", "???"}, /* half of a pair, as bytes */
	{"\xc0\x80", "??"},	 /* NUL in two bytes */
	{"\xf5\x80\x80\x80", "????"},
	{"\xff", "?"},
};

START_TEST(text_as_a_server_takes_it)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char text[64];

		strcpy(text, texts[i].text);
		forward_text_clean(text);
		ck_assert_str_eq(text, texts[i].clean);
	}
}
END_TEST

UNIT_MAIN("forward_text", text_as_a_server_takes_it)
