/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark at the end of a task's stack. */
#include "crash/crash_stack_end.h"

#include "kernel/memory/memory.h"
#include "kernel/types/type.h"
#include "kernel/types/types.h"

#define STACK_END_MAGIC 0x57AC6E9Du /* include/uapi/linux/magic.h */

bool crash_stack_end_is_lost(struct kernel *kernel, const struct task *task)
{
	/* thread_info lies below the mark until c65eacbe290b v4.9 put it into task_struct. */
	uint64_t below = type_size(types_find_struct(kernel->types, "thread_info"));
	uint64_t lowest, above;

	if (!task->stack || !task->pid ||
	    !err_ok(memory_read_u64(kernel->memory, task->stack, &lowest)) ||
	    !err_ok(memory_read_u64(kernel->memory, task->stack + below, &above)))
		return false;
	return lowest != STACK_END_MAGIC && above != STACK_END_MAGIC;
}
