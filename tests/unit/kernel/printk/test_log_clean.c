/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/printk/log_clean.h"

static const struct {
	const char *line, *clean;
} forms[] = {
	{"", ""},
	{"plain [x] <y> {z}", "plain [x] <y> {z}"},
	{"CRLF\r", "CRLF"},
	{"CRLF, shown^M", "CRLF, shown"},
	{"twice^M^M", "twice"},
	{"^M", ""},
	{"M", "M"},
	{"^M within", "^M within"},
	{"\033[32m[    1.0]\033[0m \033[1mtext\033[m", "[    1.0] text"},
	{"\033]0;title\atext\033(B", "text"},
	{"\033", ""},
	{"\033[", ""},
	{"\033[31", ""},
	{"a\b\ab", "ab"},
	{"\xef\xbb\xbfmark", "mark"},
	{"\xc2\xa0no\xc2\xa0"
	 "break",
	 " no break"},
	{"\xc3\xa4 stays", "\xc3\xa4 stays"},
	{"\xc2", "\xc2"},
	{"\xef\xbb", "\xef\xbb"},
	{"&lt;4&gt;[    1.0] &lt;IRQ&gt; a &amp;&amp; b &quot;c&#39;",
	 "<4>[    1.0] <IRQ> a && b \"c'"},
	{"lock: &lt->lock &gt;", "lock: &lt->lock >"},
	{"&", "&"},
	{"&lt", "&lt"},
	{"<pre>[    1.0] text<br>", "[    1.0] text"},
	{"{noformat}[    1.0] text{noformat}", "[    1.0] text"},
	{"<code><pre>", ""},
	{"[code]", ""},
	{"<TASK>", "<TASK>"},
	{"{standard input}", "{standard input}"},
};

START_TEST(lines_are_cleaned)
{
	_str_ struct str buffer = {0};
	size_t length;
	const char *clean =
		log_line_clean(forms[_i].line, strlen(forms[_i].line), &buffer, &length);

	ck_assert_uint_eq(length, strlen(forms[_i].clean));
	ck_assert(!memcmp(clean, forms[_i].clean, length));
}
END_TEST

/* An odd byte at each place, of lines of each length: the fast look misses none. */
START_TEST(odd_bytes_anywhere)
{
	static const char odd[] = "\r\033\b\a";
	_str_ struct str buffer = {0};

	for (size_t length = 1; length < 40; length++)
		for (size_t at = 0; at < length; at++) {
			char line[40];
			size_t left;

			memset(line, 'x', sizeof(line));
			line[at] = odd[at % 4];
			log_line_clean(line, length, &buffer, &left);
			ck_assert_uint_eq(left, length - 1);
		}
}
END_TEST

START_TEST(escapes_without_end)
{
	static char line[1 << 16];
	_str_ struct str buffer = {0};
	size_t length;

	memset(line, '\033', sizeof(line));
	log_line_clean(line, sizeof(line), &buffer, &length);
	ck_assert_uint_eq(length, 0);
	memset(line, '&', sizeof(line));
	log_line_clean(line, sizeof(line), &buffer, &length);
	ck_assert_uint_eq(length, sizeof(line));
	memset(line + 2, '1', sizeof(line) - 2);
	memcpy(line, "\033[", 2);
	log_line_clean(line, sizeof(line), &buffer, &length);
	ck_assert_uint_eq(length, 0);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("log_clean");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, lines_are_cleaned, 0, ARRAY_SIZE(forms));
	tcase_add_test(cases, odd_bytes_anywhere);
	tcase_add_test(cases, escapes_without_end);
	return unit_run("log_clean", cases);
}
