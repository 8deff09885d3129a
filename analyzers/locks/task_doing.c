/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts into words what a task is doing, by its stack. */
#include "locks/task_doing.h"

#include <string.h>

#include "crash/culprit.h"
#include "crash/panic_path.h"
#include "kernel/kernel.h"
#include "kernel/tasks/task.h"
#include "kernel/unwind/frame.h"

enum death { DEATH_NONE, DEATH_STOPPED, DEATH_ENDED };

static enum death death_in(const char *function)
{
	unsigned roles = panic_path_roles(function);

	return roles & PANIC_PATH_ENDED	    ? DEATH_ENDED
	       : roles & PANIC_PATH_STOPPED ? DEATH_STOPPED
					    : DEATH_NONE;
}

static const char *interruption(enum frame_kind kind)
{
	return kind == FRAME_NMI	 ? "an NMI"
	       : kind == FRAME_EXCEPTION ? "an exception"
	       : kind == FRAME_IRQ	 ? "an interrupt"
					 : NULL;
}

/* Calls that no interrupt parts: [first, next), where next is the call that was interrupted. */
struct section {
	unsigned first, next;
	enum death death;
	unsigned last_death; /* its outermost call that dies */
};

static struct section section_from(const struct sleeper *stack, unsigned first)
{
	struct section section = {.first = first, .next = first};

	do {
		enum death how = death_in(stack->calls[section.next].function);

		section.death = how > section.death ? how : section.death;
		section.last_death = how ? section.next : section.last_death;
		section.next++;
	} while (section.next < stack->call_count &&
		 !interruption(stack->calls[section.next].kind));
	return section;
}

bool task_doing_is_scheduler(const char *function)
{
	static const char *const passed[] = {"__schedule",
					     "__schedule_loop",
					     "context_switch",
					     "schedule",
					     "schedule_timeout",
					     "schedule_preempt_disabled",
					     "io_schedule",
					     "io_schedule_timeout",
					     "schedule_timeout_uninterruptible",
					     "schedule_timeout_killable",
					     "schedule_hrtimeout_range_clock",
					     "schedule_hrtimeout_range",
					     "schedule_hrtimeout",
					     "schedule_rtlock",
					     "rt_mutex_schedule",
					     "msleep",
					     "preempt_schedule_common",
					     "preempt_schedule",
					     "preempt_schedule_irq",
					     "__cond_resched"};

	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		if (!strcmp(function, passed[i]))
			return true;
	return false;
}

/* The function a person would name: past the scheduler. */
static const char *working_function(const struct sleeper *stack, unsigned first)
{
	for (unsigned i = first; i < stack->call_count; i++) {
		const char *function = stack->calls[i].function;

		if (function[0] && !task_doing_is_scheduler(function))
			return function;
	}
	return "an unknown function";
}

const char *task_doing_function(const struct sleeper *stack)
{
	return working_function(stack, 0);
}

/*
 * At the end a CPU stands in panic(), or where the one that panicked stopped it. What it had been
 * doing is what called panic(), or what the interrupt that led there came upon.
 */
static void running(const struct sleeper *stack, struct str *text)
{
	struct section section = section_from(stack, 0), outer = section;

	while (outer.death && outer.next < stack->call_count) {
		section = outer;
		outer = section_from(stack, section.next);
	}
	const char *by = outer.first ? interruption(stack->calls[outer.first].kind) : NULL;
	unsigned at = outer.first;
	if (outer.death && outer.last_death + 1 < stack->call_count)
		at = outer.last_death + 1;
	str_printf(text, "running on CPU %d in %s()", stack->task->on_cpu,
		   working_function(stack, at));
	if (by && !outer.death)
		str_printf(text,
			   section.death == DEATH_ENDED
				   ? ", interrupted there by %s that ended in panic()"
				   : ", stopped there by %s of the CPU that panicked",
			   by);
	else if (outer.death == DEATH_ENDED)
		str_puts(text, ", which panicked");
	else if (outer.next < stack->call_count)
		str_printf(text, ": CPU %d was interrupted%s inside %s()", stack->task->on_cpu,
			   stack->calls[outer.next].kind == FRAME_IRQ	? ""
			   : stack->calls[outer.next].kind == FRAME_NMI ? " by an NMI"
									: " by an exception",
			   working_function(stack, outer.next));
}

static bool in_page_fault(const struct sleeper *stack)
{
	return sleeper_call(stack, "handle_mm_fault") || sleeper_call(stack, "__do_page_fault") ||
	       sleeper_call(stack, "do_user_addr_fault");
}

const char *task_doing_lock_caller(const struct sleeper *stack)
{
	unsigned i = 0;

	while (i < stack->call_count && stack->calls[i].address != stack->caller)
		i++;
	/* Past the entry points of locks too, which sleep_functions.def does not list. */
	while (i < stack->call_count &&
	       (!stack->calls[i].function[0] || !strncmp(stack->calls[i].function, "down", 4) ||
		!strncmp(stack->calls[i].function, "call_rwsem_down", 15)))
		i++;
	return stack->caller && i < stack->call_count ? stack->calls[i].function : NULL;
}

const char *task_doing_work(const struct sleeper *stack)
{
	for (unsigned i = 1; i < stack->call_count; i++)
		if (!strcmp(stack->calls[i].function, "process_one_work"))
			return stack->calls[i - 1].function[0] ? stack->calls[i - 1].function
							       : NULL;
	return NULL;
}

/* On whose behalf function waits, where every caller of it does so alike: "flush_work()" says little. */
static const char *behalf(const struct sleeper *stack, const char *function)
{
	unsigned i = 0;

	while (i < stack->call_count && strcmp(stack->calls[i].function, function) != 0)
		i++;
	if (i == stack->call_count || !culprit_waits_for_caller(function))
		return NULL;
	while (++i < stack->call_count) {
		const char *caller = stack->calls[i].function;

		if (interruption(stack->calls[i].kind))
			return NULL;
		if (caller[0] && !culprit_waits_for_caller(caller))
			return caller;
	}
	return NULL;
}

static void sleeping(const struct sleeper *stack, struct str *text)
{
	/* A wait of kind OTHER is named by its function already. */
	const char *caller = stack->kind != WAIT_OTHER ? task_doing_lock_caller(stack) : NULL;
	const char *function = caller ? caller : working_function(stack, 0);

	str_printf(text, "asleep in %s%s()", in_page_fault(stack) ? "a page fault, in " : "",
		   function);
	if (behalf(stack, function))
		str_printf(text, " for %s()", behalf(stack, function));
	if (stack->kind == WAIT_BIT && sleeper_call(stack, "bit_wait_io"))
		str_puts(text, ", waiting for I/O");
	else if (stack->kind != WAIT_NONE && stack->kind != WAIT_WORK)
		str_printf(text, ", waiting for %s", stack->what);
	else if (stack->kind == WAIT_WORK)
		str_puts(text, ", waiting for a work item to finish");
}

const char *task_doing_preempted(const struct sleeper *stack)
{
	struct section section = section_from(stack, 0);
	unsigned at = section.next < stack->call_count ? section.next : 0, i = at;

	while (i + 1 < stack->call_count && culprit_is_helper(stack->calls[i].function))
		i++;
	return working_function(stack, culprit_is_helper(stack->calls[i].function) ? at : i);
}

void task_doing_stack(const struct sleeper *stack, struct str *text)
{
	if (task_has_ended(stack->task))
		str_puts(text, "no more: it has ended");
	else if (!stack->call_count)
		str_puts(text, stack->task->state == 'D'
				       ? "blocked, its stack is not in the dump"
				       : "doing something its stack does not show");
	else if (stack->task->on_cpu >= 0)
		running(stack, text);
	else if (stack->task->state == 'R')
		str_printf(text, "runnable, without a CPU, in %s()", task_doing_preempted(stack));
	else
		sleeping(stack, text);
}

void task_doing(struct kernel *kernel, const struct task *task, struct str *text)
{
	const struct sleeper unknown = {.task = task};
	struct sleeper own = {0};
	const struct sleeper *stack = sleepers_stack(kernel, task, &own);

	if (!stack && !(kernel->steps & STEP_STACKS))
		str_puts(text, "whose stack the log does not show");
	else
		task_doing_stack(stack ? stack : &unknown, text);
	sleeper_deinit(&own);
}
