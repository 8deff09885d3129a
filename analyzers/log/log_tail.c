/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last lines of a kind in a log, where only so many may be told: what is near the crash. */
#include "log/log_tail.h"

#include "kernel/printk/log.h"

size_t log_tail(const struct log *log, size_t max, bool (*is_wanted)(const char *text))
{
	size_t first = log->count, seen = 0;

	for (size_t i = log->count; i-- > 0 && seen < max;)
		if (is_wanted(log->lines[i].text)) {
			seen++;
			first = i;
		}
	return first;
}
