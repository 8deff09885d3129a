/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that begin alike, end alike, hold each other, or overlap in the text. */
#include "unit.h"

#include <string.h>

#include "base/words.h"

static const char *const list[] = {"BUG: x", "BUG: y", "BUG: x and more",
				   "WARN",   "ARNING", "WARNING: "};

/* The words of a text, as a string of their numbers. */
static const char *found(const char *text, size_t length)
{
	_cleanup_(cleanup_words_free) struct words *words = NULL;
	static char digits[ARRAY_SIZE(list) + 1];
	struct word_set set = {0};
	size_t count = 0;

	assert_ok(words_new(list, ARRAY_SIZE(list), &words));
	if (words_find(words, text, length, &set))
		for (size_t i = word_set_next(&set, 0); i < ARRAY_SIZE(list);
		     i = word_set_next(&set, i + 1))
			digits[count++] = (char)('0' + i);
	digits[count] = '\0';
	return digits;
}

START_TEST(all_of_a_text)
{
	ck_assert_str_eq(found("BUG: y", 6), "1");
	ck_assert_str_eq(found("a BUG: x and more", 17), "02");
	ck_assert_str_eq(found("a BUG: x and mere", 17), "0");
	ck_assert_str_eq(found("WARNING: BUG: y", 15), "1345");
	ck_assert_str_eq(found("WARNING", 7), "34");
	ck_assert_str_eq(found("WAR", 3), "");
	ck_assert_str_eq(found("", 0), "");
}
END_TEST

/* What stands behind the length is not the text's, whether it would be a word or not. */
START_TEST(not_beyond_the_end)
{
	ck_assert_str_eq(found("BUG: x and more", 14), "0");
	ck_assert_str_eq(found("BUG: x", 5), "");
	ck_assert_str_eq(found("BUG: x", 3), "");
}
END_TEST

START_TEST(kinds_add_up)
{
	_cleanup_(cleanup_words_free) struct words *words = NULL;
	static const uint8_t kinds[] = {1, 2, 4, 8, 16, 32};

	assert_ok(words_new(list, ARRAY_SIZE(list), &words));
	ck_assert_uint_eq(words_kinds(words, kinds, "BUG: x and more, WARN", 21), 1 | 4 | 8);
	ck_assert_uint_eq(words_kinds(words, kinds, "nothing", 7), 0);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("words");

	tcase_add_test(cases, all_of_a_text);
	tcase_add_test(cases, not_beyond_the_end);
	tcase_add_test(cases, kinds_add_up);
	return unit_run("words", cases);
}
