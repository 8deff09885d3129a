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

/* Had the code at a place of a report taken a lock, this very one unless 0, and not given it back? */
static bool took_lock(struct kernel *kernel, const struct report_place *place, uint64_t lock,
		      lock_classifier *classify)
{
	const struct lock_calls calls = {classify, lock, 0};
	struct critical_section section = {0};
	struct symbol symbol;
	uint64_t start;

	if (!place->symbol[0] || !symbols_find(kernel->symbols, place->symbol, &start) ||
	    !symbols_at(kernel->symbols, start, &symbol) || place->offset > symbol.size ||
	    strcmp(symbol.module, place->module) != 0)
		return false;
	critical_section_follow(kernel, start, start + place->offset, &calls, &section);
	return section.inside && (lock || !section.known);
}

/* The place of this report whose code had the lock, or with 0 one it does not name; or NULL. */
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

/* What a dead task's oops says of the lock; NULL when no oops had it, or with 0 one of its kind. */
static const struct report *report_with(struct analysis *analysis, uint64_t lock,
					lock_classifier *classify,
					const struct report_place **place)
{
	const struct reports *reports = analysis->reports;

	for (size_t i = 0; reports && i < reports->count; i++) {
		const struct report *report = &reports->list[i];

		if (report_kind_outcome(report->kind) != OUTCOME_OOPS || report->pid <= 0 ||
		    lives(analysis->kernel->tasks, report->pid))
			continue;
		*place = place_with(analysis->kernel, report, lock, classify);
		if (*place)
			return report;
	}
	return NULL;
}

/* Takes an oops whose code had this very lock, or with known false one like it. */
static struct err *take_report(struct analysis *analysis, const struct waitlist *list, bool known,
			       lock_classifier *classify, const struct task *owner,
			       struct owner_died *ret)
{
	const struct report_place *place;
	const struct report *report =
		report_with(analysis, known ? list->lock : 0, classify, &place);

	if (!report)
		return NULL;
	struct task task = {.address = owner ? owner->address : 0,
			    .pid = report->pid,
			    .tgid = report->tgid,
			    .cpu = report->cpu,
			    .on_cpu = -1};
	copy_string(task.comm, sizeof(task.comm), report->comm);
	TRY(tasks_keep_dead(analysis->kernel->tasks, &task, &ret->task));
	ret->confidence = known ? 0.95 : 0.75;
	snprintf(ret->why, sizeof(ret->why),
		 "by the log it died in %.100s(), which had taken %s and not given it back%s",
		 place->symbol, known ? "this lock" : "a lock of this kind",
		 known ? "" : ", and no call on the stack of whom the owner field names has");
	return NULL;
}

struct err *owner_died_in_report(struct analysis *analysis, uint64_t lock,
				 lock_classifier *classify, struct owner_died *ret)
{
	const struct waitlist list = {.lock = lock};

	*ret = (struct owner_died){.doubt = 1};
	return take_report(analysis, &list, true, classify, NULL, ret);
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
 * that the task waits in has not: it is the last of who called the lock's functions, or of who called
 * that one (mutex_lock() is such a function, and on the stack or not).
 */
static bool has_any(struct kernel *kernel, const struct sleeper *stack, lock_classifier *classify)
{
	const struct lock_calls calls = {classify, 0, 0};
	unsigned waiting = waiting_call(stack);

	for (unsigned i = waiting; i < stack->call_count; i++) {
		bool waits = waiting && i <= waiting + 1;
		uint64_t stop = stack->calls[i].address - (waits ? CALL_SIZE : 0);
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

/* Who has a lock has called the function that took it: what the owner's stack shows of that. */
struct shown {
	bool call;    /* one that took such a lock */
	bool besides; /* and another one that waits for one */
	bool nothing; /* the stack is whole, and there is none */
	bool left;    /* nor may there be: it has returned to user space since it took the lock */
};

/* In user mode, or interrupted there. */
static bool in_user_mode(const struct sleeper *stack)
{
	unsigned i = 0;

	while (i < stack->call_count && stack->calls[i].kind != FRAME_USER)
		i++;
	if (i == stack->call_count)
		return false;
	const char *entry = i ? stack->calls[i - 1].function : "";
	return !i || has_prefix(entry, "asm_sysvec_") || has_prefix(entry, "asm_exc_nmi") ||
	       !strcmp(entry, "asm_common_interrupt") || !strcmp(entry, "end_repeat_nmi");
}

/*
 * In a system call that takes nobody's locks: a wait for time, a child, a signal or a file, or, by way of
 * /proc/sysrq-trigger, for a crash.
 */
static bool in_plain_call(const struct sleeper *stack)
{
	static const char *const functions[] = {
		"write_sysrq_trigger", "hrtimer_nanosleep", "do_wait",	  "ep_poll",
		"do_sys_poll",	       "do_select",	    "futex_wait", "do_sigtimedwait",
		"sigsuspend",	       "__x64_sys_pause"};

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (sleeper_call(stack, functions[i]))
			return is_whole(stack);
	return false;
}

static struct shown look_at_stack(struct kernel *kernel, lock_classifier *classify,
				  const struct task *owner)
{
	struct sleeper own = {0};
	struct shown ret = {0};

	const struct sleeper *stack = sleepers_stack(kernel, owner, &own);
	bool plain = stack && (in_user_mode(stack) || in_plain_call(stack));
	if (owner->on_cpu < 0 || plain) {
		ret.call = stack && has_any(kernel, stack, classify);
		ret.besides = ret.call && waiting_call(stack);
		ret.left = plain && !ret.call;
		ret.nothing = ret.left || (stack && is_whole(stack) && !ret.call);
	}
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

	return first && first != owner &&
	       task_clock_born_since(tasks_clock(kernel->tasks), owner, first);
}

/* What tells, besides a whole stack without a call that took such a lock, that a living task does not have it. */
struct doubts {
	bool waits; /* for this very lock */
	bool late;  /* born when others waited already */
	bool left;  /* as in struct shown */
};

static struct err *take_impostor(struct kernel *kernel, const struct task *owner,
				 const struct doubts *doubts, struct owner_died *ret)
{
	struct task task = {.address = owner->address, .tgid = -1, .cpu = -1, .on_cpu = -1};
	_str_ struct str label = {0};

	task_label(owner, &label);
	TRY(tasks_keep_dead(kernel->tasks, &task, &ret->task));
	ret->confidence = doubts->late ? 0.85 : 0.6;
	snprintf(
		ret->why, sizeof(ret->why),
		"the owner field names %.60s, which %s%s%s: its memory was another task's before%s",
		label.data, doubts->late ? "was born after others had begun to wait" : "",
		doubts->late && doubts->waits ? " and " : "",
		doubts->waits ? "waits for the lock itself"
			      : ", and no call on its stack takes such a lock",
		doubts->late ? "" : ", or it took the lock earlier and has not given it back");
	return NULL;
}

/* --- all of them ------------------------------------------------------------------------------ */

static void take_ended(const struct task *owner, struct owner_died *ret)
{
	ret->task = owner;
	ret->confidence = 0.95;
	snprintf(ret->why, sizeof(ret->why), "the owner field %s",
		 owner->dead ? "points to the memory of a task that has ended"
			     : "names it, and it has ended");
}

static bool has_oops(const struct reports *reports)
{
	for (size_t i = 0; reports && i < reports->count; i++)
		if (report_kind_outcome(reports->list[i].kind) == OUTCOME_OOPS)
			return true;
	return false;
}

#define CAME_BACK 0.8	   /* a system call that took the lock has returned */
#define CAME_BACK_SURE 0.9 /* surely, and by the log, which is whole, nobody has died */
#define ANYBODYS 0.5

/* From the boot on: no oops has been pushed out of it. */
static bool is_whole_log(const struct log *log)
{
	for (size_t i = 0; log && i < MIN(log->count, (size_t)4); i++)
		if (has_prefix(log->lines[i].text, "Linux version "))
			return true;
	return false;
}

/*
 * A process that is between two system calls, or in another one, has taken the lock in an earlier one: where it was
 * there when others began to wait, and nobody is known to have died.
 */
static double came_back(struct analysis *analysis, const struct waitlist *list,
			const struct task *owner, bool left)
{
	const struct task *first = list->count ? list->waiters[0].task : NULL;
	bool before = first && owner->start_time && first->blocked_ns &&
		      !born_too_late(analysis->kernel, list, owner);

	if (!before || !owner->mm || owner->kthread || has_oops(analysis->reports))
		return ANYBODYS;
	return left && is_whole_log(analysis->kernel->log) ? CAME_BACK_SURE : CAME_BACK;
}

/*
 * A living owner whose stack shows no call that took such a lock may have, and returned; hardly so to
 * wait for the lock itself, or to sleep like a user program, or where it was born when others waited already:
 * that alone says little, for who had his CPU for long before he slept makes anybody look late.
 */
static struct err *doubt(struct analysis *analysis, const struct waitlist *list,
			 lock_classifier *classify, const struct task *owner,
			 const struct doubts *doubts, struct owner_died *ret)
{
	if (!doubts->late && !doubts->waits && owner->state != 'S' && !doubts->left)
		return NULL;
	TRY(take_report(analysis, list, false, classify, owner, ret));
	if (ret->task)
		return NULL;
	if (doubts->late || doubts->waits)
		return take_impostor(analysis->kernel, owner, doubts, ret);
	ret->doubt = came_back(analysis, list, owner, doubts->left);
	ret->left = doubts->left && ret->doubt > ANYBODYS;
	return NULL;
}

struct err *owner_died_find(struct analysis *analysis, const struct waitlist *list,
			    lock_classifier *classify, const struct task *owner,
			    struct owner_died *ret)
{
	bool lives = owner && !task_has_ended(owner);
	struct doubts doubts = {0};

	*ret = (struct owner_died){.doubt = 1};
	if (lives) {
		struct shown shown = look_at_stack(analysis->kernel, classify, owner);

		doubts.waits = waitlist_has(list, owner);
		/* that a task waits for what it has itself needs more than the one word that says so */
		if (doubts.waits && !shown.besides)
			ret->doubt = 0.5;
		if (!shown.nothing)
			return NULL;
		doubts.late = born_too_late(analysis->kernel, list, owner);
		doubts.left = shown.left;
	}
	TRY(take_report(analysis, list, true, classify, owner, ret));
	if (ret->task || !owner)
		return NULL;
	if (lives)
		return doubt(analysis, list, classify, owner, &doubts, ret);
	if (!owner->pid)
		TRY(take_report(analysis, list, false, classify, owner, ret));
	if (!ret->task)
		take_ended(owner, ret);
	return NULL;
}

void owner_died_add(struct lock *lock, const struct owner_died *died, enum lock_mode mode)
{
	const char *how = mode == MODE_WRITE ? " for write" : mode == MODE_READ ? " for read" : "";
	_str_ struct str label = {0};

	if (died->task->pid) {
		task_label(died->task, &label);
		str_puts(&label, ", which has ended");
	} else
		str_puts(&label, "a task that has ended");
	lock_add_holder(lock, died->task, mode, EVIDENCE_INFERRED, died->confidence, "%s",
			died->why);
	lock->confidence = died->confidence;
	str_printf(&lock->state, "locked%s by %s; %zu waiting", how, label.data,
		   lock->waiter_count);
	str_printf(&lock->headline, "%s: %s held%s by %s; %zu waiting", lock_display_name(lock),
		   lock_kind_name(lock->kind), how, label.data, lock->waiter_count);
}
