/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task waits for by the log: its stack, the list of its locks, the kernel's own words. */
#include "locks/log_wait.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "locks/task_doing.h"

bool log_wait_is_lock(enum wait_kind kind)
{
	return kind == WAIT_MUTEX || kind == WAIT_RWSEM || kind == WAIT_RT_MUTEX ||
	       kind == WAIT_RT_RWSEM || kind == WAIT_SEMAPHORE || kind == WAIT_PERCPU_RWSEM;
}

/* "mutex" of "INFO: task A:5 is blocked on a mutex likely owned by task B:6." */
static void take_kernels_words(struct log_wait *wait)
{
	static const struct {
		const char *words;
		enum wait_kind kind;
		const char *what;
	} kinds[] = {{"mutex", WAIT_MUTEX, "mutex"},
		     {"rw-semaphore", WAIT_RWSEM, "rwsem"},
		     {"semaphore", WAIT_SEMAPHORE, "semaphore"}};

	wait->holder = wait->task->owner;
	for (size_t i = 0; wait->kind == WAIT_NONE && i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(wait->task->blocked_on, kinds[i].words)) {
			wait->kind = kinds[i].kind;
			wait->what = kinds[i].what;
		}
}

static void find_function(struct log_wait *wait)
{
	const struct shown_stack *stack = wait->task->stack;
	const char *caller = task_doing_lock_caller(wait->sleeper);

	wait->function = caller ? caller : task_doing_function(wait->sleeper);
	for (size_t i = 0; stack && i < stack->count; i++)
		if (has_prefix(stack->frames[i].place.symbol, wait->function)) {
			copy_string(wait->module, sizeof(wait->module),
				    stack->frames[i].place.module);
			return;
		}
}

bool log_wait_of(const struct sleepers *sleepers, const struct shown *shown,
		 const struct shown_task *task, struct log_wait *ret)
{
	*ret = (struct log_wait){.task = task, .what = "something", .function = ""};
	if (task->task.state != 'D' && !task->owner)
		return false;
	ret->sleeper = sleepers_find(sleepers, &task->task);
	if (ret->sleeper) {
		ret->kind = ret->sleeper->kind;
		ret->mode = ret->sleeper->mode;
		ret->what = ret->sleeper->what;
		find_function(ret);
	}
	take_kernels_words(ret);
	if (task->last_lock && log_wait_is_lock(ret->kind))
		ret->lock = &shown->locks[task->last_lock - 1].lock;
	return ret->sleeper || ret->holder;
}
