/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares times that the kernel took from two clocks. */
#include "kernel/tasks/task_clock.h"

uint64_t task_clock_age(const struct task_clock *clock, uint64_t monotonic)
{
	int64_t now = (int64_t)clock->newest - clock->offset;

	if (!monotonic || monotonic > INT64_MAX || !clock->newest || clock->offset == INT64_MAX ||
	    now < (int64_t)monotonic)
		return 0;
	return (uint64_t)now - monotonic;
}

bool task_clock_born_since(const struct task_clock *clock, const struct task *task,
			   const struct task *other)
{
	if (!task->start_time || !other->blocked_ns || clock->offset == INT64_MAX)
		return false;
	return (int64_t)task->start_time + clock->offset >
	       (int64_t)(clock->newest - other->blocked_ns);
}
