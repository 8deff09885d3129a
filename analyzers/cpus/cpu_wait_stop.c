/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stop_machine() (kernel/stop_machine.c): each CPU's stopper thread takes its work off a list and
 * spins until all have. A CPU that still has it on the list has not come.
 */
#include "cpus/cpu_wait.h"

#include <string.h>

#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwind_task.h"

/* The first work on the list of a stopper that does not run; 0 when there is none. */
static uint64_t first_pending(struct kernel *kernel, const struct cpu_state *target)
{
	const struct member *works = members_get(kernel->members, MEMBER_STOPPER_WORKS);
	uint64_t stopper, thread, first;

	if (!works || !err_ok(percpu_symbol(kernel, "cpu_stopper", target->cpu, &stopper)) ||
	    !err_ok(member_read(kernel, stopper, MEMBER_STOPPER_THREAD, &thread)) ||
	    thread == target->task->address ||
	    !err_ok(member_read(kernel, stopper + member_offset(works), MEMBER_LIST_NEXT, &first)))
		return 0;
	return first != stopper + member_offset(works) ? first : 0;
}

bool cpu_wait_stop_pending(struct kernel *kernel, const struct cpu_state *target)
{
	return first_pending(kernel, target) != 0;
}

#define ASKER_FRAMES 32

/* Past the functions that stop CPUs, and what they sleep in: who called the outermost of them. */
static void find_caller(struct kernel *kernel, const struct task *task, struct report_place *ret)
{
	struct cpu_state state = {.task = task};
	struct report_place place;
	size_t after = 0;

	if (!err_ok(unwind_task(kernel, task, &state.trace)))
		return;
	for (size_t i = 0; i < MIN(state.trace.count, (size_t)ASKER_FRAMES); i++)
		if (cpu_state_function(kernel, &state, i, &place) &&
		    (!strncmp(place.symbol, "stop_", 5) || !strncmp(place.symbol, "__stop_", 7)))
			after = i + 1;
	if (after)
		cpu_state_function(kernel, &state, after, ret);
	trace_deinit(&state.trace);
}

const struct task *cpu_wait_stop_asker(struct kernel *kernel, const struct cpu_state *target,
				       struct report_place *from)
{
	const struct member *list = members_get(kernel->members, MEMBER_STOP_WORK_LIST);
	uint64_t work = first_pending(kernel, target), done;
	struct stack stack;

	if (!work || !list ||
	    !err_ok(member_read(kernel, work - member_offset(list), MEMBER_STOP_WORK_DONE,
				&done)) ||
	    !done || !stacks_find(kernel, done, &stack) || stack.kind != STACK_TASK)
		return NULL;
	find_caller(kernel, stack.task, from);
	return stack.task;
}
