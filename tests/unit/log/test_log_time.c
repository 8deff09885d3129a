/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "log/log_time.h"

static const struct {
	const char *wall;
	double seconds; /* since 1970; of a date without a year, since 1970 to that day of 2000 */
} walls[] = {
	{"2024-11-14T03:12:45.5+00:00", 1731553965.5}, {"2024/11/14 03:12:45", 1731553965},
	{"Thu Nov 14 03:12:45 2024", 1731553965},      {"Nov 14 03:12:45", 974171565},
	{"四 11月 14 03:12:45 2024", 1731553965},      {"1731553965.123456", 1731553965.123456},
};

START_TEST(calendars_are_read)
{
	double seconds;

	ck_assert(log_time_of_wall(walls[_i].wall, &seconds));
	ck_assert_double_eq_tol(seconds, walls[_i].seconds, 0.001);
}
END_TEST

/* However much of one is there, nothing behind it is read: its copy ends where its memory does. */
START_TEST(cut_calendars)
{
	for (size_t length = 0; length <= strlen(walls[_i].wall); length++)
		for (size_t from = 0; from <= length; from++) {
			char *part = strndup(walls[_i].wall + from, length - from);
			double seconds;

			ck_assert_ptr_nonnull(part);
			log_time_of_wall(part, &seconds);
			free(part);
		}
}
END_TEST

/* Words that begin as a date does: found by fuzzing. */
START_TEST(no_calendars)
{
	static const char *const texts[] = {
		"ov 14 03:13:01 s", "1:",	    "1:2", "12:34:",	      "2024-",
		"2024-1",	    "x 03:12:45 N", "N",   "03:12:45 13月 1", "1月",
		"03:12:45 1\xe6"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char *text = strdup(texts[i]);
		double seconds;

		ck_assert_ptr_nonnull(text);
		ck_assert_msg(!log_time_of_wall(text, &seconds), "%s", texts[i]);
		free(text);
	}
	double seconds;

	ck_assert(!log_time_of_wall(NULL, &seconds));
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("log_time");

	tcase_add_loop_test(cases, calendars_are_read, 0, (int)ARRAY_SIZE(walls));
	tcase_add_loop_test(cases, cut_calendars, 0, (int)ARRAY_SIZE(walls));
	tcase_add_test(cases, no_calendars);
	return unit_run("log_time", cases);
}
