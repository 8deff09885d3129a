/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/render/render.h"

static char *page(const char *document, unsigned width, bool colour)
{
	_json_ json_t *report = json_loads(document, JSON_ALLOW_NUL, NULL);
	struct render_style style = {width, colour};
	struct str out = {0};

	ck_assert_msg(report, "%s", document);
	render_verdict(report, &style, &out);
	return str_take(&out);
}

static void check_bytes(const char *text)
{
	for (; *text; text++)
		ck_assert_msg(*text == '\n' || ((unsigned char)*text >= ' ' && *text < 0x7f),
			      "byte 0x%02x", (unsigned char)*text);
}

/* The same evil text in every string a page shows. */
#define EVIL "\\u001b[2J\\u0007\\r\\n\\u009b31m\\u0000\\u007f\\u202eevil"

static const char everything_evil[] =
	"{\"verdict\": {\"headline\": \"" EVIL "\", \"cause\": \"" EVIL "\", \"rule\": \"" EVIL
	"\", \"reasons\": [\"" EVIL "\"], \"ruled_out\": [\"" EVIL "\"], \"next_steps\": [\"" EVIL
	"\"], \"see\": [\"" EVIL "\"], \"confidence\": 0.5}, \"crash\": {\"kind\": \"" EVIL
	"\", \"message\": \"" EVIL "\", \"cpu\": 3, \"task\": {\"comm\": \"" EVIL
	"\", \"pid\": 7}, \"rip\": {\"symbol\": \"" EVIL "\", \"module\": \"" EVIL
	"\", \"file\": \"" EVIL "\"}, \"fault\": {\"address\": \"" EVIL "\", \"class\": \"" EVIL
	"\", \"access\": \"" EVIL "\", \"why\": \"" EVIL "\"}, \"instruction\": {\"text\": \"" EVIL
	"\", \"operands\": [{\"register\": \"" EVIL "\", \"value\": \"" EVIL
	"\"}]}, \"backtrace\": [{\"symbol\": \"" EVIL "\", \"kind\": \"" EVIL
	"\", \"found_by\": \"scan\"}]}, \"findings\": [{\"severity\": \"" EVIL
	"\", \"headline\": \"" EVIL "\"}], \"system\": {\"release\": \"" EVIL
	"\", \"hostname\": \"" EVIL "\", \"hardware\": \"" EVIL "\"}, \"dump\": {\"path\": \"" EVIL
	"\", \"format\": \"" EVIL "\", \"compression\": \"" EVIL
	"\"}, \"degraded\": [{\"step\": \"" EVIL "\", \"why\": \"" EVIL "\", \"remedy\": \"" EVIL
	"\"}]}";

START_TEST(nothing_reaches_the_terminal_as_it_is)
{
	_free_ char *text = page(everything_evil, 80, false);

	check_bytes(text);
	ck_assert_ptr_nonnull(strstr(text, "\\x1b"));
}
END_TEST

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		longest = MAX(longest, length);
		text += length + (text[length] == '\n');
	}
	return longest;
}

#define LONG_WORD                                                                                  \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

START_TEST(lines_fit_the_width)
{
	static const unsigned widths[] = {40, 41, 79, 80, 100, 300};
	static const char document[] =
		"{\"verdict\": {\"headline\": \"" LONG_WORD " " LONG_WORD
		" and some words to wrap at\","
		"\"reasons\": [\"" LONG_WORD LONG_WORD LONG_WORD
		"\", \"a b c d e f g h i j k l m n o p q "
		"r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z\"]},"
		"\"crash\": {\"message\": \"" LONG_WORD LONG_WORD
		"\", \"backtrace\": [{\"symbol\": \"" LONG_WORD
		"\", \"offset\": 1}]}, \"findings\": [{\"severity\": \"notice\", \"headline\": "
		"\"" LONG_WORD LONG_WORD "\"}], \"degraded\": [{\"step\": \"" LONG_WORD LONG_WORD
		"\"}]}";

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		_free_ char *text = page(document, widths[i], false);

		ck_assert_msg(longest_line(text) <= widths[i], "%zu columns of %u",
			      longest_line(text), widths[i]);
		ck_assert_ptr_nonnull(strstr(text, "to wrap at"));
	}
}
END_TEST

START_TEST(colour_only_where_wanted)
{
	static const char document[] = "{\"verdict\": {\"headline\": \"h\", \"cause\": \"bug\"}}";
	_free_ char *plain = page(document, 80, false), *coloured = page(document, 80, true);
	int pipes[2];

	ck_assert_ptr_null(strchr(plain, '\033'));
	ck_assert_ptr_nonnull(strchr(coloured, '\033'));
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert(!render_style_for(pipes[1]).colour);
	setenv("COLUMNS", "123", 1);
	ck_assert_uint_eq(render_style_for(pipes[1]).width, 123);
	setenv("COLUMNS", "-5", 1);
	ck_assert_uint_eq(render_style_for(pipes[1]).width, 100);
	setenv("COLUMNS", "3", 1);
	ck_assert_uint_eq(render_style_for(pipes[1]).width, 40);
}
END_TEST

START_TEST(headline_comes_first)
{
	_free_ char *text = page("{\"verdict\": {\"headline\": \"it is this\", \"cause\": \"bug\","
				 "\"confidence\": 0.949, \"rule\": null}}",
				 80, false);

	ck_assert_ptr_eq(strstr(text, "it is this\n"), text);
	ck_assert_ptr_nonnull(strstr(text, "cause: bug   confidence: 95 %   rule: none\n"));
	_free_ char *known = page("{\"verdict\": {\"headline\": \"x\", \"known_issue\": {\"id\": "
				  "\"i\", \"title\": \"it\", \"reference\": \"urn:1\"}}}",
				  80, false);
	ck_assert_ptr_nonnull(strstr(known, "\n\nHistory\n  known issue: it, urn:1\n"));
}
END_TEST

START_TEST(a_sure_crash_is_told_once)
{
	_free_ char *text =
		page("{\"findings\": [{\"code\": \"crash\", \"severity\": \"critical\", "
		     "\"headline\": \"surely\", \"confidence\": 1.0}, {\"code\": \"crash\", "
		     "\"severity\": \"critical\", \"headline\": \"perhaps\", \"confidence\": "
		     "0.8}, {\"code\": \"lock.mutex\", \"severity\": \"info\", \"headline\": "
		     "\"by the way\", \"confidence\": 1.0}]}",
		     80, false);

	ck_assert_ptr_null(strstr(text, "surely"));
	ck_assert_ptr_nonnull(strstr(text, "inferred perhaps"));
	ck_assert_ptr_null(strstr(text, "by the way"));
}
END_TEST

/* Documents that hold nothing, or the wrong thing everywhere. */
START_TEST(what_is_not_known_is_left_out)
{
	static const char *const documents[] = {
		"{}",
		"{\"verdict\": null, \"crash\": null, \"findings\": null, \"degraded\": null}",
		"{\"verdict\": [], \"crash\": [1], \"findings\": {\"a\": 1}, \"degraded\": \"x\"}",
		"{\"verdict\": {\"reasons\": [1, {}], \"confidence\": \"x\", \"headline\": 7},"
		"\"crash\": {\"cpu\": \"x\", \"task\": [], \"rip\": 1, \"fault\": \"y\","
		"\"instruction\": {\"operands\": [[], 5]}, \"backtrace\": [null, 1, []]},"
		"\"findings\": [1, null], \"degraded\": [5], \"system\": {\"uptime_s\": \"x\"}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		_free_ char *text = page(documents[i], 80, false);

		check_bytes(text);
		ck_assert_ptr_eq(strstr(text, "no verdict\n"), text);
		ck_assert_ptr_null(strstr(text, "(null)"));
	}
}
END_TEST

START_TEST(long_lists_are_cut)
{
	_json_ json_t *report =
		json_pack("{s:{s:[]}, s:{s:[]}}", "verdict", "reasons", "crash", "backtrace");
	struct render_style style = {80, false};
	_str_ struct str out = {0};

	for (int i = 0; i < 5000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i); /* one and the same would be folded */
		json_array_append_new(
			json_object_get(json_object_get(report, "verdict"), "reasons"),
			json_string("again"));
		json_array_append_new(
			json_object_get(json_object_get(report, "crash"), "backtrace"),
			json_pack("{s:s}", "symbol", name));
	}
	render_verdict(report, &style, &out);
	ck_assert_uint_lt(out.length, 4000);
	ck_assert_ptr_nonnull(strstr(out.data, "4994 more"));
	ck_assert_ptr_nonnull(strstr(out.data, "4980 more"));
}
END_TEST

UNIT_MAIN("render", nothing_reaches_the_terminal_as_it_is, lines_fit_the_width,
	  colour_only_where_wanted, headline_comes_first, a_sure_crash_is_told_once,
	  what_is_not_known_is_left_out, long_lists_are_cut)
