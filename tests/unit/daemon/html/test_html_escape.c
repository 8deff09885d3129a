/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hostile strings between tags and within attributes. */
#include "unit.h"

#include <string.h>

#include "daemon/html/html_escape.h"

static const struct {
	const char *text, *escaped;
} strings[] = {
	{"", ""},
	{"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
	{"\" onload=\"x()", "&quot; onload=&quot;x()"},
	{"' onload='x()", "&#39; onload=&#39;x()"},
	{"`x`", "&#96;x&#96;"},
	{"&lt;b&gt;", "&amp;lt;b&amp;gt;"},
	{"]]>-->", "]]&gt;--&gt;"},
	{"a\nb\tc\r\x7f", "a\nb c  "},
};

START_TEST(nothing_is_left_of_markup)
{
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		_str_ struct str out = {0};

		str_puts(&out, "");
		html_escape(&out, strings[i].text);
		ck_assert_str_eq(out.data, strings[i].escaped);
	}
}
END_TEST

/* Each byte that can end a text or an attribute's value, wherever it stands. */
START_TEST(no_byte_ends_an_attribute)
{
	for (int c = 1; c < 256; c++) {
		const char text[] = {'a', (char)c, 'b', '\0'};
		_str_ struct str out = {0};

		html_escape_raw(&out, text);
		ck_assert_msg(!strpbrk(out.data, "<>\"'`"), "byte %d: %s", c, out.data);
		for (const char *at = out.data; *at; at++)
			ck_assert_msg((unsigned char)*at >= ' ' && (unsigned char)*at < 0x7f,
				      "byte %d: %s", c, out.data);
	}
}
END_TEST

START_TEST(raw_strings_are_made_visible)
{
	_str_ struct str out = {0};

	html_escape_raw(&out, "\xe2\x80\xae\x1b[2J<");
	ck_assert_str_eq(out.data, "\\xe2\\x80\\xae\\x1b[2J&lt;");
	html_escape_raw(&out, NULL);
	html_escape(&out, NULL);
	ck_assert_str_eq(out.data, "\\xe2\\x80\\xae\\x1b[2J&lt;");
}
END_TEST

UNIT_MAIN("html_escape", nothing_is_left_of_markup, no_byte_ends_an_attribute,
	  raw_strings_are_made_visible)
