/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark at the end of a task's stack. */
#include "crash/crash_stack_end.h"

#include "kernel/memory/memory.h"
#include "kernel/types/type.h"
#include "kernel/types/types.h"

#define STACK_END_MAGIC 0x57AC6E9Du /* include/uapi/linux/magic.h */

#define THREAD_INFO_MOST 256 /* more than it ever had below the mark */

bool crash_stack_end_is_lost(struct kernel *kernel, const struct task *task)
{
	/* thread_info lies below the mark until c65eacbe290b v4.9 put it into task_struct. */
	uint64_t below = type_size(types_find_struct(kernel->types, "thread_info")), word;

	if (!task->stack || !task->pid)
		return false;
	if (!below || below > THREAD_INFO_MOST)
		below = THREAD_INFO_MOST;
	for (uint64_t at = 0; at <= below; at += sizeof(word))
		if (!err_ok(memory_read_u64(kernel->memory, task->stack + at, &word)) ||
		    word == STACK_END_MAGIC)
			return false;
	return true;
}
