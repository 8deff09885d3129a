/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells who ended with a lock in hand, though the lock's owner word names nobody, or somebody else. */
#include "locks/owner_died.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/locking/sleeper.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "locks/critical_section.h"

/* --- by an oops of the log -------------------------------------------------------------------- */

/* Had the code at a place of a report taken this very lock, and not given it back? */
static bool took_lock(struct kernel *kernel, const struct report_place *place, uint64_t lock,
		      lock_classifier *classify)
{
	const struct lock_calls calls = {classify, lock};
	struct critical_section section = {0};
	struct symbol symbol;
	uint64_t start;

	if (!place->symbol[0] || !symbols_find(kernel->symbols, place->symbol, &start) ||
	    !symbols_at(kernel->symbols, start, &symbol) || place->offset > symbol.size ||
	    strcmp(symbol.module, place->module) != 0)
		return false;
	critical_section_follow(kernel, start, start + place->offset, &calls, &section);
	return section.inside;
}

/* The place of this report whose code had the lock, or NULL. */
static const struct report_place *place_with(struct kernel *kernel, const struct report *report,
					     uint64_t lock, lock_classifier *classify)
{
	const struct report_stack *stack = report_own_stack(report);

	if (took_lock(kernel, &report->rip, lock, classify))
		return &report->rip;
	for (size_t i = 0; stack && i < stack->count; i++)
		if (!stack->frames[i].unreliable &&
		    took_lock(kernel, &stack->frames[i].place, lock, classify))
			return &stack->frames[i].place;
	return NULL;
}

static bool lives(const struct tasks *tasks, int32_t pid)
{
	const struct task *task = tasks_by_pid(tasks, pid);

	return task && !task_has_ended(task);
}

static struct err *take_report(struct analysis *analysis, const struct report *report,
			       const struct report_place *place, uint64_t address,
			       struct owner_died *ret)
{
	struct task task = {.address = address,
			    .pid = report->pid,
			    .tgid = report->tgid,
			    .cpu = report->cpu,
			    .on_cpu = -1};

	copy_string(task.comm, sizeof(task.comm), report->comm);
	TRY(tasks_keep_dead(analysis->kernel->tasks, &task, &ret->task));
	ret->confidence = 0.95;
	snprintf(ret->why, sizeof(ret->why),
		 "by the log it died in %.100s(), which had taken this lock and not given it back",
		 place->symbol);
	return NULL;
}

/* --- by the owner's own stack and age --------------------------------------------------------- */

/* A stack that is known to its end: the system call, or the thread's first function. */
static bool is_whole(const struct sleeper *stack)
{
	static const char *const ends[] = {"ret_from_fork", "ret_from_fork_asm", "kthread",
					   "entry_SYSCALL_64_after_hwframe", "asm_exc_page_fault"};

	for (unsigned i = 0; i < stack->call_count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(ends); j++)
			if (!strcmp(stack->calls[i].function, ends[j]))
				return true;
	return false;
}

#define CALL_SIZE 5 /* bytes of "call rel32" */

/* The call that waits in a lock's functions; 0 for a task that waits in none. */
static unsigned waiting_call(const struct sleeper *stack)
{
	for (unsigned i = 0; stack->caller && i < stack->call_count; i++)
		if (stack->calls[i].address == stack->caller)
			return i;
	return 0;
}

/*
 * Has any call on the stack taken a lock of the kind, whichever, that it has not given back? The call
 * that the task waits in has not.
 */
static bool has_any(struct kernel *kernel, const struct sleeper *stack, lock_classifier *classify)
{
	const struct lock_calls calls = {classify, 0};
	unsigned waiting = waiting_call(stack);

	for (unsigned i = waiting; i < stack->call_count; i++) {
		uint64_t stop = stack->calls[i].address - (waiting && i == waiting ? CALL_SIZE : 0);
		struct critical_section section = {0};
		struct symbol symbol;

		if (!symbols_at(kernel->symbols, stack->calls[i].address - 1, &symbol))
			continue;
		critical_section_follow(kernel, symbol.address, stop, &calls, &section);
		if (section.inside)
			return true;
	}
	return false;
}

/* Who has a lock has called the function that took it: does a whole stack show no such call? */
static bool shows_nothing(struct kernel *kernel, lock_classifier *classify,
			  const struct task *owner)
{
	struct sleeper own = {0};

	if (owner->on_cpu >= 0)
		return false;
	const struct sleeper *stack = sleepers_stack(kernel, owner, &own);
	bool ret = stack && is_whole(stack) && !has_any(kernel, stack, classify);
	sleeper_deinit(&own);
	return ret;
}

/*
 * The first in line is woken each time the lock is given back, so who has it was born before that one
 * went to sleep.
 */
static bool born_too_late(struct kernel *kernel, const struct waitlist *list,
			  const struct task *owner)
{
	const struct task *first = list->count ? list->waiters[0].task : NULL;

	return first && first != owner && tasks_born_since(kernel->tasks, owner, first);
}

static struct err *take_impostor(struct kernel *kernel, const struct task *owner,
				 struct owner_died *ret)
{
	struct task task = {.address = owner->address, .tgid = -1, .cpu = -1, .on_cpu = -1};
	_str_ struct str label = {0};

	task_label(owner, &label);
	TRY(tasks_keep_dead(kernel->tasks, &task, &ret->task));
	ret->confidence = 0.7;
	snprintf(ret->why, sizeof(ret->why),
		 "the owner field names %.60s, which was born after others had begun to wait, and "
		 "whose stack shows nothing that takes such a lock: its memory was a task's before",
		 label.data);
	return NULL;
}

/* --- both ------------------------------------------------------------------------------------- */

struct err *owner_died_find(struct analysis *analysis, const struct waitlist *list,
			    lock_classifier *classify, const struct task *owner,
			    struct owner_died *ret)
{
	const struct reports *reports = analysis->reports;
	struct kernel *kernel = analysis->kernel;

	*ret = (struct owner_died){.doubt = 1};
	for (size_t i = 0; reports && i < reports->count; i++) {
		const struct report *report = &reports->list[i];

		if (report_kind_outcome(report->kind) != OUTCOME_OOPS || report->pid <= 0 ||
		    lives(kernel->tasks, report->pid))
			continue;
		const struct report_place *place = place_with(kernel, report, list->lock, classify);
		if (place)
			return take_report(analysis, report, place, owner ? owner->address : 0,
					   ret);
	}
	if (!owner)
		return NULL;
	if (task_has_ended(owner)) {
		ret->task = owner;
		ret->confidence = 0.95;
		snprintf(ret->why, sizeof(ret->why), "the owner field %s",
			 owner->dead ? "points to the memory of a task that has ended"
				     : "names it, and it has ended");
		return NULL;
	}
	/* A lock may be taken by a function that has returned; hardly so to sleep like a user program. */
	bool waits = waitlist_has(list, owner);
	bool late = born_too_late(kernel, list, owner);
	if ((!late && !waits && owner->state != 'S') || !shows_nothing(kernel, classify, owner))
		return NULL;
	if (late && !waits)
		return take_impostor(kernel, owner, ret);
	ret->doubt = waits ? 0.25 : 0.5;
	return NULL;
}

void owner_died_add(struct lock *lock, const struct owner_died *died, enum lock_mode mode)
{
	const char *write = mode == MODE_WRITE ? " for write" : "";
	_str_ struct str label = {0};

	task_label(died->task, &label);
	lock_add_holder(lock, died->task, mode, EVIDENCE_INFERRED, died->confidence, "%s",
			died->why);
	lock->confidence = died->confidence;
	str_printf(&lock->state, "locked%s by %s, which has ended; %zu waiting", write, label.data,
		   lock->waiter_count);
	str_printf(&lock->headline, "%s: %s held%s by %s, which has ended; %zu waiting",
		   lock_display_name(lock), lock_kind_name(lock->kind), write, label.data,
		   lock->waiter_count);
}
