/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack pointer that leads to no stack: whatever the CPU popped there, it is not what the crash is about. */
#include "memory/stack_pointer.h"

#include <inttypes.h>

#include "kernel/mm/owner.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"

#define SWITCHED_FRAME 4096 /* bytes from a saved stack pointer that may have been popped since */

/* Stacks lie in pages of their own, in vmalloc's areas or in the kernel's image; none is such memory. */
static bool is_no_stack(const struct owner *owner)
{
	return owner->kind == OWNER_SLAB || owner->kind == OWNER_NON_CANONICAL;
}

/* The task was put to sleep with a stack of its own; what is saved of it now leads elsewhere. */
static bool was_overwritten(struct kernel *kernel, const struct task *task, uint64_t sp)
{
	uint64_t saved;

	return task && task->stack && err_ok(task_saved_sp(kernel, task, &saved)) &&
	       sp - saved < SWITCHED_FRAME &&
	       (saved < task->stack || saved >= task->stack + task->stack_size);
}

bool stack_pointer_find(const struct crash *crash, struct blamed *ret, struct str *text)
{
	struct kernel *kernel = crash->kernel;
	uint64_t sp = crash->regs.value[REG_RSP];
	const struct task *task = crash->task;
	struct owner owner;

	if (!crash->exception || !regs_known(&crash->regs, REG_RSP))
		return false;
	if (!task && kernel->tasks)
		task = tasks_by_pid(kernel->tasks, crash->pid);
	owner_find(kernel, sp, &owner);
	if (!is_no_stack(&owner))
		return false;
	ret->address = sp;
	ret->what = "stack_pointer";
	str_printf(text, "the stack pointer 0x%016" PRIx64 " leads to no stack", sp);
	if (was_overwritten(kernel, task, sp)) {
		str_puts(text, "; the one saved when ");
		task_label(task, text);
		str_puts(text, " went to sleep was overwritten");
	}
	return true;
}
