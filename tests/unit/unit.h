/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_UNIT_H
#define TRIAGE_UNIT_H

#include <check.h>
#include <stdlib.h>

#include "base/error.h"

/* The end of a test program's main(): run the cases; what the program exits with. */
static inline int unit_run(const char *suite_name, TCase *cases)
{
	Suite *suite = suite_create(suite_name);

	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A test program's main(): UNIT_MAIN("name", test_a, test_b, …). */
#define UNIT_MAIN(suite_name, ...)                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		const TTest *tests[] = {__VA_ARGS__};                                              \
		TCase *cases = tcase_create(suite_name);                                           \
		tcase_set_timeout(cases, 120); /* seconds: stops a hang, is no measure */          \
		for (size_t i = 0; i < ARRAY_SIZE(tests); i++)                                     \
			tcase_add_test(cases, tests[i]);                                           \
		return unit_run(suite_name, cases);                                                \
	}

/* For a test that asks for more memory than there is: sanitizers say NULL, as the C library does. */
#define ALLOCATIONS_MAY_FAIL                                                                       \
	const char *__asan_default_options(void);                                                  \
	const char *__asan_default_options(void)                                                   \
	{                                                                                          \
		return "allocator_may_return_null=1";                                              \
	}

/* Fails with the error's message, and frees it. */
#define assert_ok(expr)                                                                            \
	do {                                                                                       \
		_err_ struct err *unit_err_ = (expr);                                              \
		ck_assert_msg(!unit_err_, "%s", unit_err_ ? unit_err_->message : "");              \
	} while (0)

/* Fails unless expr is an error of this code. */
#define assert_err(expr, expected)                                                                 \
	do {                                                                                       \
		_err_ struct err *unit_err_ = (expr);                                              \
		ck_assert_msg(unit_err_, "no error where " #expected " was due");                  \
		ck_assert_msg(unit_err_->code == (expected), "%s instead of " #expected ": %s",    \
			      err_code_name(unit_err_->code), unit_err_->message);                 \
	} while (0)

#endif
