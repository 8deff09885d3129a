/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ticks into seconds, whatever the rate; and counters that are absurd. */
#include "fake_kernel.h"
#include "kernel/tasks/tasks.h"
#include "stuck/ticks.h"

#define JIFFIES (FAKE_BASE + 0x100)

static struct task_clock clock;

const struct task_clock *tasks_clock(const struct tasks *tasks)
{
	(void)tasks;
	return &clock;
}

/* So many seconds after boot, at this rate; what was set 7 s ago. */
static double since(unsigned rate, uint64_t uptime)
{
	uint64_t now = (uint32_t) - (int32_t)(300 * rate) + uptime * rate;

	fake_u64(JIFFIES, now);
	clock.newest = uptime * 1000000000;
	return ticks_since(&kernel, now - 7ull * rate);
}

START_TEST(the_rate_is_found_by_the_uptime)
{
	static const unsigned rates[] = {100, 250, 300, 1000};

	fake_open(NULL);
	fake_symbol("jiffies_64", JIFFIES);
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		ck_assert_double_eq(since(rates[i], 12), 7);
		ck_assert_double_eq(since(rates[i], 3600), 7);
		ck_assert_double_eq(since(rates[i], 86400 * 400), 7);
	}
	fake_close();
}
END_TEST

START_TEST(what_cannot_be_told)
{
	fake_open(NULL);
	ck_assert_double_eq(ticks_since(&kernel, 5), 0); /* no such variable */
	fake_symbol("jiffies_64", JIFFIES);
	clock.newest = 60000000000;
	fake_u64(JIFFIES, 0x4141414141414141); /* agrees with no clock */
	ck_assert_double_eq(ticks_since(&kernel, 0x4141414141410000), 0);
	(void)since(250, 60);
	ck_assert_double_eq(ticks_since(&kernel, UINT64_MAX), 0); /* ahead */
	ck_assert_double_eq(ticks_since(&kernel, 0), 0);	  /* never set */
	fake_close();
}
END_TEST

UNIT_MAIN("ticks", the_rate_is_found_by_the_uptime, what_cannot_be_told)
