/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times of two clocks: what is known of them, and what is not. */
#include "unit.h"

#include "kernel/tasks/task_clock.h"

#define S 1000000000ull

START_TEST(ages_by_the_other_clock)
{
	const struct task_clock clock = {.newest = 100 * S, .offset = 2 * S};
	const struct task_clock none = {.newest = 100 * S, .offset = INT64_MAX};

	ck_assert_uint_eq(task_clock_age(&clock, 90 * S), 8 * S);
	ck_assert_uint_eq(task_clock_age(&clock, 99 * S), 0); /* to come */
	ck_assert_uint_eq(task_clock_age(&clock, 0), 0);
	ck_assert_uint_eq(task_clock_age(&none, 90 * S), 0);
	ck_assert_uint_eq(task_clock_age(&(struct task_clock){.offset = 2 * S}, 90 * S), 0);
}
END_TEST

START_TEST(who_was_born_since_another_slept)
{
	const struct task_clock clock = {.newest = 100 * S, .offset = 2 * S};
	const struct task_clock none = {.newest = 100 * S, .offset = INT64_MAX};
	const struct task sleeper = {.blocked_ns = 10 * S}, awake = {.blocked_ns = 0};
	const struct task before = {.start_time = 87 * S}, since = {.start_time = 89 * S};
	const struct task timeless = {.start_time = 0};

	ck_assert(!task_clock_born_since(&clock, &before, &sleeper));
	ck_assert(task_clock_born_since(&clock, &since, &sleeper));
	ck_assert(!task_clock_born_since(&clock, &since, &awake));
	ck_assert(!task_clock_born_since(&clock, &timeless, &sleeper));
	ck_assert(!task_clock_born_since(&none, &since, &sleeper));
}
END_TEST

UNIT_MAIN("task_clock", ages_by_the_other_clock, who_was_born_since_another_slept)
