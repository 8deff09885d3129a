/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_STACK_END
#define TRIAGE_CRASH_STACK_END

#include "kernel/kernel.h"
#include "kernel/tasks/task.h"

/*
 * Whether the mark that the kernel leaves at the lowest usable word of each stack (STACK_END_MAGIC,
 * end_of_stack() in include/linux/sched/task_stack.h) was overwritten. False when it cannot be read,
 * and for the idle task of the boot CPU, whose stack has none.
 */
bool crash_stack_end_is_lost(struct kernel *kernel, const struct task *task);

#endif
