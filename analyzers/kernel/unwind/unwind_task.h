/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_TASK
#define TRIAGE_KERNEL_UNWIND_UNWIND_TASK

#include "kernel/tasks/task.h"
#include "kernel/unwind/trace.h"

/*
 * The stack of a task. A switched-out task's from thread.sp; a running one's from its CPU's
 * registers. Without those its last switch is all there is: every frame is FOUND_SCAN then, and
 * stopped says so. Errors as unwind_from().
 */
struct err *unwind_task(struct kernel *kernel, const struct task *task, struct trace *ret);

#endif
