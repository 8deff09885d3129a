/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_TASK_CLOCK
#define TRIAGE_KERNEL_TASKS_TASK_CLOCK

#include "kernel/tasks/task.h"

/*
 * The two clocks that times in tasks are of: the runqueues', for last_arrival and last_queued, and
 * CLOCK_MONOTONIC, for start_time and for requests of block devices. They run apart.
 */
struct task_clock {
	uint64_t newest; /* of the runqueues, ns; 0 unknown */
	/*
	 * From CLOCK_MONOTONIC to theirs, ns: no task got a CPU before it was born, so it is no more
	 * than the least distance of a task's two times, and near it. INT64_MAX: not known.
	 */
	int64_t offset;
};

/* ns since CLOCK_MONOTONIC showed that time; 0 where it is not known, or has not come. */
uint64_t task_clock_age(const struct task_clock *clock, uint64_t monotonic);
/* Was a task born after another last got a CPU? False where a time is missing. */
bool task_clock_born_since(const struct task_clock *clock, const struct task *task,
			   const struct task *other);

#endif
