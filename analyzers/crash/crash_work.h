/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_WORK
#define TRIAGE_CRASH_CRASH_WORK

#include "kernel/tasks/task.h"

/* The work item a kworker runs. */
struct crash_work {
	char function[128]; /* "" unknown */
	char module[64];
	char queue[64]; /* "" unknown */
};

/*
 * By the task's struct worker (kernel/workqueue_internal.h). What cannot be read stays "". task may
 * be NULL.
 */
void crash_work_read(struct kernel *kernel, const struct task *task, struct crash_work *ret);

#endif
