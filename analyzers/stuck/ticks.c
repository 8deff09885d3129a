/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the kernel's ticks into seconds. */
#include "stuck/ticks.h"

#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"

static const unsigned rates[] = {100, 250, 300, 1000}; /* kernel/Kconfig.hz */

#define BEFORE_BOOT 300 /* seconds that jiffies begins before 0: INITIAL_JIFFIES */
#define CLOSE 0.02	/* share of the uptime that the two clocks may differ by … */
#define CLOSE_S 8.0	/* … or seconds: the clocks do not begin at the same moment */

/* Ticks since boot at this rate, in seconds. jiffies is 64 bits wide, but begins as 32. */
static double uptime_at(uint64_t now, unsigned rate)
{
	return (double)(now - (uint32_t) - (int32_t)(BEFORE_BOOT * rate)) / rate;
}

static unsigned rate_of(uint64_t now, double uptime)
{
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		double apart = uptime_at(now, rates[i]) - uptime;

		if ((apart < 0 ? -apart : apart) <= MAX(CLOSE * uptime, CLOSE_S))
			return rates[i];
	}
	return 0;
}

double ticks_since(struct kernel *kernel, uint64_t jiffies)
{
	uint64_t now;

	if (!err_ok(variable_read(kernel, "jiffies_64", 8, &now)) || jiffies > now || !jiffies)
		return 0;
	unsigned rate = rate_of(now, (double)tasks_clock(kernel->tasks)->newest / 1e9);
	return rate ? (double)(now - jiffies) / rate : 0;
}
