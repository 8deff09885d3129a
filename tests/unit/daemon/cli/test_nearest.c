/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "daemon/cli/nearest.h"

static struct nearest nearest_of(const char *meant, const char *const *words, size_t count)
{
	struct nearest nearest = {0};

	for (size_t i = 0; i < count; i++)
		nearest_try(&nearest, meant, words[i]);
	return nearest;
}

START_TEST(slips_of_the_fingers)
{
	static const char *const verbs[] = {"analyze", "search", "list",   "show", "status",
					    "wait",    "retry",	 "export", NULL,   "doctor"};
	static const char *const pairs[][2] = {{"analyse", "analyze"}, {"anlyze", "analyze"},
					       {"lits", "list"},       {"lst", "list"},
					       {"exprot", "export"},   {"stat", "status"},
					       {"docter", "doctor"},   {"shwo", "show"}};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct nearest nearest = nearest_of(pairs[i][0], verbs, ARRAY_SIZE(verbs));

		ck_assert_str_eq(nearest.word, pairs[i][1]);
		ck_assert_msg(nearest_is_typo(&nearest, pairs[i][0]), "%s", pairs[i][0]);
	}
}
END_TEST

START_TEST(something_else_is_no_slip)
{
	static const char *const verbs[] = {"list", "show", "wait"};
	static const char *const others[] = {"x", "", "vmcore", "/var/crash/vmcore", "zzzzzzzz"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct nearest nearest = nearest_of(others[i], verbs, ARRAY_SIZE(verbs));

		ck_assert_msg(!nearest_is_typo(&nearest, others[i]), "%s: %s", others[i],
			      nearest.word);
	}
	struct nearest none = {0};
	ck_assert(!nearest_is_typo(&none, "list"));
}
END_TEST

START_TEST(a_beginning_is_near)
{
	static const char *const kernels[] = {"5.10.0-1", "6.1.0-57-cloud-amd64", "6.12.0-5-amd64"};

	ck_assert_str_eq(nearest_of("6.1.0-58", kernels, 3).word, "6.1.0-57-cloud-amd64");
	ck_assert_str_eq(nearest_of("6.12", kernels, 3).word, "6.12.0-5-amd64");
}
END_TEST

START_TEST(long_words_are_cut)
{
	char huge[5000];
	struct nearest nearest = {0};

	memset(huge, 'a', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	nearest_try(&nearest, huge, "list");
	nearest_try(&nearest, huge, huge);
	nearest_try(&nearest, "", huge);
	ck_assert_uint_eq(strlen(nearest.word), NEAREST_LENGTH);
	ck_assert_uint_eq(nearest.distance, 0);
}
END_TEST

UNIT_MAIN("nearest", slips_of_the_fingers, something_else_is_no_slip, a_beginning_is_near,
	  long_words_are_cut)
