/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which of the scheduler's policies a task runs. */
#include "stuck/policy.h"

#include <inttypes.h>

#include "kernel/tasks/task_label.h"
#include "kernel/types/object.h"

#define RT_PRIO_MAX 100 /* MAX_RT_PRIO, include/linux/sched/prio.h: below are real-time tasks */

bool policy_is_realtime(struct kernel *kernel, const struct task *task)
{
	uint64_t priority;

	return !task->idle &&
	       err_ok(member_read(kernel, task->address, MEMBER_TASK_PRIO, &priority)) &&
	       (int32_t)priority < RT_PRIO_MAX;
}

void policy_label(struct kernel *kernel, const struct task *task, struct str *text)
{
	static const char *const policies[] = {"", "SCHED_FIFO", "SCHED_RR",	  "",
					       "", "",		 "SCHED_DEADLINE"};
	uint64_t policy, priority;

	task_label(task, text);
	if (!policy_is_realtime(kernel, task))
		return;
	if (err_ok(member_read(kernel, task->address, MEMBER_TASK_POLICY, &policy)) &&
	    err_ok(member_read(kernel, task->address, MEMBER_TASK_RT_PRIORITY, &priority)) &&
	    policy < ARRAY_SIZE(policies) && policies[policy][0])
		str_printf(text, " (%s, priority %" PRIu64 ")", policies[policy], priority);
	else
		str_puts(text, " (real-time)");
}
