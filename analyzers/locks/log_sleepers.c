/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From stacks in the log to sleepers, so that one code tells what they wait for, of either source. */
#include "locks/log_sleepers.h"

#include <stdlib.h>

#include "kernel/locking/sleeper.h"

static void add_call(struct sleeper *sleeper, const struct report_place *place, bool exception)
{
	if (sleeper->call_count == SLEEPER_CALLS)
		return;
	struct call *call = &sleeper->calls[sleeper->call_count++];

	*call = (struct call){
		.function = place->symbol,
		.address = sleeper->call_count, /* any: the log need not print them */
		.kind = exception ? FRAME_EXCEPTION : FRAME_CALL,
	};
}

/* rip, where it is known, stands in front of the stack. */
static struct err *add(struct sleeper *sleeper, const struct task *task,
		       const struct report_place *rip, const struct shown_stack *stack)
{
	*sleeper = (struct sleeper){.task = task};
	sleeper->calls = calloc(SLEEPER_CALLS, sizeof(*sleeper->calls));
	if (!sleeper->calls)
		return &err_nomem;
	if (rip && rip->symbol[0])
		add_call(sleeper, rip, false);
	for (size_t i = 0; stack && i < stack->count; i++)
		add_call(sleeper, &stack->frames[i].place, stack->frames[i].exception);
	return NULL;
}

static struct err *add_all(const struct shown *shown, struct sleeper *list, size_t *count)
{
	for (size_t i = 0; i < shown->task_count; i++) {
		const struct shown_task *task = &shown->tasks[i];

		if (task->stack)
			TRY(add(&list[(*count)++], &task->task, NULL, task->stack));
	}
	for (size_t i = 0; i < shown->cpu_count; i++) {
		const struct shown_cpu *cpu = &shown->cpus[i];

		if (cpu->task.pid >= 0)
			TRY(add(&list[(*count)++], &cpu->task, &cpu->rip, cpu->stack));
	}
	return NULL;
}

struct err *log_sleepers_open(struct kernel *kernel, const struct shown *shown)
{
	struct sleeper *list = calloc(shown->task_count + shown->cpu_count + 1, sizeof(*list));
	size_t count = 0;

	if (!list)
		return &err_nomem;
	struct err *err = add_all(shown, list, &count);
	if (err) {
		for (size_t i = 0; i < count; i++)
			sleeper_deinit(&list[i]);
		free(list);
		return err;
	}
	return sleepers_set(kernel, list, count);
}
