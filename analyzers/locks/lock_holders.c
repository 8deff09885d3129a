/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suspected holders of a lock that records none. What an engineer does with a grep over all
 * stacks: who has a frame that runs under this lock, and who has its address on the stack.
 */
#include "locks/lock_holders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "finding.h"
#include "kernel/locking/stack_words.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "locks/critical_section.h"
#include "locks/lock_place.h"

struct holds_entry {
	const char *function;
	const char *member;
	enum lock_mode mode;
	const char *why;
};

static const struct holds_entry holds_table[] = {
#define HOLDS(function, member, mode, why) {function, member, MODE_##mode, why},
#include "locks/lock_holders.def"
#undef HOLDS
};

struct suspect {
	const struct task *task;
	enum lock_mode mode;
	double confidence;
	char why[256];
};

#define SUSPECTS_MAX 16 /* kept; all are counted */

struct suspects {
	struct suspect list[SUSPECTS_MAX];
	size_t count, total;
	struct suspect last_resort; /* of those whose code alone speaks against them */
	size_t last_resorts;
};

static void suspect(struct suspects *suspects, const struct suspect *candidate)
{
	suspects->total++;
	if (suspects->count < SUSPECTS_MAX)
		suspects->list[suspects->count++] = *candidate;
}

/* A frame of lock_holders.def on this stack, outermost call first: it took the lock. */
static const struct holds_entry *holding_frame(const struct sleeper *stack)
{
	for (unsigned i = stack->call_count; i-- > 0;)
		for (size_t j = 0; j < ARRAY_SIZE(holds_table); j++)
			if (!strcmp(stack->calls[i].function, holds_table[j].function))
				return &holds_table[j];
	return NULL;
}

/* --- a lock's address on a stack -------------------------------------------------------------- */

#define STACK_SEARCH_WORDS 2048 /* all of a 16 KiB stack */

/* Where on the part of its stack in use a copy of value stands, 0 when there is none. */
static uint64_t word_on_stack(struct kernel *kernel, const struct sleeper *stack, uint64_t value)
{
	_stack_words_ struct stack_words words;

	stack_words_init(&words, kernel, stack, STACK_SEARCH_WORDS);
	while (value && stack_words_next(&words))
		if (words.word == value)
			return words.at;
	return 0;
}

/* The call whose frame holds a slot of the stack; the outermost one kept for what lies beyond. */
static unsigned call_at(const struct sleeper *stack, uint64_t slot)
{
	unsigned call = 0;

	while (call + 1 < stack->call_count && stack->calls[call + 1].sp <= slot)
		call++;
	return call;
}

static const char *function_at(const struct sleeper *stack, uint64_t slot)
{
	unsigned call = call_at(stack, slot);

	return call < stack->call_count && stack->calls[call].function[0]
		       ? stack->calls[call].function
		       : "an unknown function";
}

/* --- code that took a lock -------------------------------------------------------------------- */

/* The lock whose holders are looked for, and how code takes its kind. */
struct target {
	struct kernel *kernel;
	uint64_t lock, object; /* object: what it is part of, 0 unknown */
	uint64_t mm;	       /* whose mmap_lock it is, else 0 */
	const struct task *hint;
	const char *noun;    /* "an rwsem" */
	bool percpu;	     /* a percpu_rwsem */
	bool page;	     /* a page's lock */
	struct map modes[2]; /* of still_has(), by address; [1]: with any */
	enum lock_call (*classify)(struct kernel *kernel, uint64_t target);
};

static void set_kind(struct target *target, enum lock_kind kind)
{
	target->classify = critical_section_rwsem;
	target->noun = "an rwsem";
	if (kind == LOCK_SEMAPHORE) {
		target->classify = critical_section_semaphore;
		target->noun = "a semaphore";
	} else if (kind == LOCK_PERCPU_RWSEM) {
		target->classify = critical_section_percpu_rwsem;
		target->percpu = true;
		target->noun = "a percpu_rwsem";
	} else if (kind == LOCK_PAGE_LOCK) {
		target->classify = critical_section_page;
		target->page = true;
		target->noun = "a page's lock";
	}
}

/*
 * How the code of this call had taken the lock that it had not given back where it stopped, or
 * MODE_UNKNOWN. The code must name this lock; with any, a lock of the kind that it does not name
 * will do.
 */
static enum lock_mode follow_code(const struct target *target, const struct call *call, bool any)
{
	const struct lock_calls calls = {target->classify, any ? 0 : target->lock, 0};
	struct critical_section section = {0};
	struct symbol symbol;

	if (!symbols_at(target->kernel->symbols, call->address - 1, &symbol))
		return MODE_UNKNOWN;
	critical_section_follow(target->kernel, symbol.address, call->address, &calls, &section);
	if (!section.inside || (section.known && section.lock != target->lock))
		return MODE_UNKNOWN;
	return section.read ? MODE_READ : MODE_WRITE;
}

/* The same, asked once for a place in the code: many stacks share it. */
static enum lock_mode still_has(struct target *target, const struct call *call, bool any)
{
	uint64_t *known = map_get(&target->modes[any], call->address);

	if (known)
		return (enum lock_mode) * known;
	enum lock_mode mode = follow_code(target, call, any);
	map_set(&target->modes[any], call->address, mode);
	return mode;
}

/* A lock in a variable, or in an object a variable points to: the code has its address. */
static bool took_known(struct target *target, const struct sleeper *stack, struct suspect *found)
{
	for (unsigned i = 0; i < stack->call_count; i++) {
		found->mode = still_has(target, &stack->calls[i], false);
		if (!found->mode)
			continue;
		found->confidence = 0.75;
		snprintf(found->why, sizeof(found->why),
			 "%s() took this lock and had not given it back", stack->calls[i].function);
		return true;
	}
	return false;
}

/*
 * A lock in an object is taken through a register, so that the code does not say which one it is.
 * It is taken for this one when the address of this lock, or of its object, stands in the frame of
 * the call that took it, or of one that it made since.
 */
static bool took_by_address(struct target *target, const struct sleeper *stack,
			    struct suspect *found)
{
	uint64_t lock = word_on_stack(target->kernel, stack, target->lock);
	uint64_t slot = lock ? lock : word_on_stack(target->kernel, stack, target->object);

	for (unsigned i = slot ? call_at(stack, slot) : stack->call_count; i < stack->call_count;
	     i++) {
		found->mode = still_has(target, &stack->calls[i], true);
		if (!found->mode)
			continue;
		found->confidence = lock ? 0.7 : 0.6;
		snprintf(found->why, sizeof(found->why),
			 "%s() took %s and had not given it back; %s is on its stack, in %s()",
			 stack->calls[i].function, target->noun,
			 lock ? "this lock's address" : "the address of this lock's object",
			 function_at(stack, slot));
		return true;
	}
	if (!lock)
		return false;
	found->confidence = 0.5;
	snprintf(found->why, sizeof(found->why), "the lock's address is on its stack, in %s()",
		 function_at(stack, lock));
	return true;
}

/*
 * A percpu_rwsem's readers take it inline, but for the slow path: code that calls that for this lock,
 * or for any while this one's address or its object's is at hand, may be inside. last: or for one that
 * lies as far into its object as this one does.
 */
static bool reads_percpu(struct target *target, const struct sleeper *stack, bool last,
			 struct suspect *found)
{
	const struct lock_calls this = {target->classify, target->lock, 0},
				any = {target->classify, 0, target->lock - target->object};
	bool at_hand = word_on_stack(target->kernel, stack, target->lock) ||
		       word_on_stack(target->kernel, stack, target->object) || last;

	for (unsigned i = 0; i < stack->call_count; i++) {
		struct symbol symbol;

		if (!symbols_at(target->kernel->symbols, stack->calls[i].address - 1, &symbol))
			continue;
		uint64_t end = symbol.address + symbol.size;
		bool known = critical_section_reads(target->kernel, symbol.address, end, &this);
		if (!known &&
		    !(at_hand && critical_section_reads(target->kernel, symbol.address, end, &any)))
			continue;
		found->mode = MODE_READ;
		found->confidence = known ? 0.7 : last ? 0.4 : 0.6;
		snprintf(found->why, sizeof(found->why), "%s() takes %s for read%s",
			 stack->calls[i].function, known ? "this lock" : target->noun,
			 known	? ""
			 : last ? ", as of no other task that may be inside; which one cannot be "
				  "told"
				: ", and this lock's address or its object's is on its stack");
		return true;
	}
	return false;
}

/* --- frames known to run under a lock --------------------------------------------------------- */

/* Since 0bff0aaea03e v6.4 the lock of one VMA, which this function takes, may be all that a page fault has. */
static bool has_vma_locks(struct kernel *kernel)
{
	uint64_t function;

	return symbols_find(kernel->symbols, "lock_vma_under_rcu", &function);
}

static bool held_by_frame(const struct target *target, const struct sleeper *stack,
			  struct suspect *found)
{
	const struct holds_entry *frame =
		target->mm && stack->task->mm == target->mm ? holding_frame(stack) : NULL;

	if (!frame)
		return false;
	bool address = word_on_stack(target->kernel, stack, target->lock);
	bool doubt = frame->mode == MODE_READ && has_vma_locks(target->kernel);
	found->mode = frame->mode;
	found->confidence = (address ? 0.85 : 0.75) - (doubt ? 0.1 : 0);
	snprintf(found->why, sizeof(found->why), "in %s(): %s%s%s", frame->function, frame->why,
		 doubt ? ", unless it does with its VMA's own lock" : "",
		 address ? "; the lock's address is on its stack" : "");
	return true;
}

/* Who waits until pages are written has the page in hand, but no longer its lock (mm/filemap.c, by era). */
static bool waits_until_written(const struct sleeper *stack)
{
	return sleeper_call(stack, "__filemap_fdatawait_range") ||
	       sleeper_call(stack, "filemap_fdatawait_range") ||
	       sleeper_call(stack, "wait_on_page_writeback_range");
}

/* --- all candidates --------------------------------------------------------------------------- */

/*
 * What a stack was before it came to wait for a percpu_rwsem: who calls the slow path is not in by that
 * call. Before 7f26482a872c v5.7 it waits on the rwsem inside, and is no waiter of the lock itself.
 */
static struct sleeper before_slow_path(const struct sleeper *stack)
{
	const struct call *whole = sleeper_call(stack, "percpu_down_read"); /* until v4.7 */
	const struct call *slow = whole ? whole : sleeper_call(stack, "__percpu_down_read");
	struct sleeper outer = *stack;
	unsigned inside = slow ? (unsigned)(slow - stack->calls) + 2 : 0;

	inside = MIN(inside, stack->call_count);
	outer.calls += inside;
	outer.call_count -= inside;
	if (inside && outer.call_count)
		outer.sp = outer.calls[0].sp;
	return outer;
}

static void look_at(struct target *target, const struct sleeper *stack, struct suspects *suspects)
{
	struct suspect found = {.task = stack->task};
	/* An idle sleeper's stack may hold anything: only a frame that runs under the lock counts. */
	bool idle =
		stack->task->state != 'D' && stack->task->state != 'R' && stack->task->on_cpu < 0;

	const struct sleeper outer = target->percpu ? before_slow_path(stack) : *stack;

	if ((target->page && waits_until_written(stack)) ||
	    (stack->call_count && !outer.call_count))
		return;
	if (!held_by_frame(target, &outer, &found) && !idle)
		(void)(took_known(target, &outer, &found) ||
		       (target->percpu && reads_percpu(target, &outer, false, &found)) ||
		       took_by_address(target, &outer, &found));
	if (stack->task == target->hint) {
		found.confidence = found.confidence > 0 ? MIN(found.confidence + 0.15, 0.95) : 0.7;
		found.mode = found.mode ? found.mode : MODE_READ;
		size_t length = strlen(found.why);
		snprintf(found.why + length, sizeof(found.why) - length,
			 "%sthe lock's owner field names it as the last reader",
			 length ? "; " : "");
	}
	if (found.confidence > 0)
		suspect(suspects, &found);
	else if (target->percpu && target->object && stack->task->state == 'D' &&
		 reads_percpu(target, &outer, true, &suspects->last_resort)) {
		suspects->last_resort.task = stack->task;
		suspects->last_resorts++;
	}
}

/* --- waiters that have it themselves ---------------------------------------------------------- */

#define PT_REGS_SIZE 168 /* struct pt_regs, arch/x86/include/asm/ptrace.h */

static bool is_lock_entry(const char *function)
{
	return !function[0] || !strncmp(function, "down", 4);
}

/*
 * The first call that was there before the wait: past an exception, as of a page fault that takes
 * mmap_lock, or the one that asks for the lock, which may have taken it before. call_count: none is known.
 */
static unsigned before_wait(const struct sleeper *stack, bool *fault)
{
	unsigned i = 0;

	*fault = false;
	for (; i < stack->call_count; i++)
		if (stack->calls[i].kind == FRAME_EXCEPTION) {
			*fault = true;
			return i;
		}
	for (i = 0; i < stack->call_count && stack->calls[i].address != stack->caller;)
		i++;
	while (i < stack->call_count && is_lock_entry(stack->calls[i].function))
		i++;
	return stack->caller ? i : stack->call_count;
}

/* A copy of value on the part of the stack that was in use before the wait. */
static bool word_before_wait(const struct target *target, const struct sleeper *stack,
			     unsigned first, bool fault, uint64_t value)
{
	struct sleeper outer = *stack;

	outer.sp = stack->calls[first].sp - (fault ? PT_REGS_SIZE : 0);
	return word_on_stack(target->kernel, &outer, value);
}

/* How the call had taken the lock; asks: before the call that it stands in, which asks for it again. */
static enum lock_mode had_taken(struct target *target, const struct call *call, bool asks, bool any)
{
	struct call before = *call;

	before.address -= asks;
	return still_has(target, &before, any);
}

/* Does more than its code, which does not name the lock, say that it was this one? */
static bool is_at_hand(const struct target *target, const struct sleeper *stack, unsigned first,
		       bool fault)
{
	return word_before_wait(target, stack, first, fault, target->lock) ||
	       word_before_wait(target, stack, first, fault, target->object);
}

/*
 * A waiter may hold what it waits for: a reader that reads again, behind a writer, or that wants to
 * write; who takes a semaphore twice. That it was the last to read says little, for any task of the
 * process may have been, long ago; its own code has to have taken a lock of the kind before, with this
 * one or its object at hand.
 */
static void look_at_waiter(struct target *target, const struct sleeper *stack, enum lock_mode wants,
			   struct suspects *suspects)
{
	struct suspect found = {.task = stack->task,
				.mode = wants == MODE_EXCLUSIVE ? wants : MODE_READ};
	bool fault, hinted = stack->task == target->hint;
	unsigned first = before_wait(stack, &fault);

	for (unsigned i = first; i < stack->call_count; i++) {
		/* The call that it is in leads to the wait. */
		bool asks = i > first || !fault;
		enum lock_mode known = had_taken(target, &stack->calls[i], asks, false);

		if (wants == MODE_EXCLUSIVE
			    ? !known
			    : had_taken(target, &stack->calls[i], asks, !known) != MODE_READ)
			continue;
		/* The address that it asks with is at hand for that alone. */
		if (!known && !hinted &&
		    (i == first || wants == MODE_WRITE || !is_at_hand(target, stack, first, fault)))
			continue;
		found.confidence = known ? 0.8 : hinted ? 0.75 : 0.6;
		if (hinted)
			found.confidence += 0.15;
		snprintf(found.why, sizeof(found.why),
			 "it waits to %s: %s() took %s and had not given it back%s",
			 wants == MODE_READ    ? "read again"
			 : wants == MODE_WRITE ? "write what it reads"
					       : "take it again",
			 stack->calls[i].function, known ? "this lock" : target->noun,
			 hinted ? "; the lock's owner field names it as the last reader" : "");
		suspect(suspects, &found);
		return;
	}
}

/* Could it be inside a critical section of this lock? Asleep in D, running, or of the lock's mm. */
static bool worth_a_look(const struct target *target, const struct task *task)
{
	return !task->idle && (task->state == 'D' || task->on_cpu >= 0 || task == target->hint ||
			       (target->mm && task->mm == target->mm));
}

/*
 * What a waiter wants that may have the lock itself: a reader with a writer before it, for nothing else
 * keeps readers out; a writer; who takes a semaphore. UNKNOWN: it cannot have it.
 */
static enum lock_mode wants_again(const struct waitlist *list, const struct task *task)
{
	bool writer = false;

	for (size_t i = 0; i < list->count; i++) {
		enum lock_mode mode = list->waiters[i].mode;

		if (list->waiters[i].task == task)
			return mode != MODE_READ || writer ? mode : MODE_UNKNOWN;
		writer |= mode == MODE_WRITE;
	}
	return MODE_UNKNOWN;
}

static int by_confidence(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;

	return x->confidence < y->confidence ? 1 : x->confidence > y->confidence ? -1 : 0;
}

static void add_suspects(const struct suspects *suspects, struct lock *lock)
{
	for (size_t i = 0; i < suspects->count; i++) {
		const struct suspect *one = &suspects->list[i];
		/* Of several suspects, all but the first are less likely than each would be alone. */
		double share = suspects->total > 1 && i > 0 ? one->confidence / 2 : one->confidence;

		lock_add_holder(lock, one->task, one->mode, EVIDENCE_INFERRED, share, "%s",
				one->why);
	}
}

struct err *lock_holders_infer(struct kernel *kernel, const struct waitlist *list,
			       struct lock *lock, const struct task *hint, size_t *count)
{
	struct target target = {.kernel = kernel,
				.lock = list->lock,
				.hint = hint,
				.mm = lock_place_mm(kernel, list->lock),
				.object = lock_object(lock)};
	struct suspects suspects = {0};
	struct sleepers *sleepers;

	set_kind(&target, lock->kind);
	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);
		struct sleeper own = {0};

		bool waits = waitlist_has(list, task);
		enum lock_mode wants = waits ? wants_again(list, task) : MODE_UNKNOWN;
		if (!worth_a_look(&target, task) || (waits && wants == MODE_UNKNOWN))
			continue;
		const struct sleeper *stack = sleepers_stack(kernel, task, &own);
		if (stack && waits)
			look_at_waiter(&target, stack, wants, &suspects);
		else if (stack)
			look_at(&target, stack, &suspects);
		sleeper_deinit(&own);
	}
	if (!suspects.total && suspects.last_resorts == 1)
		suspect(&suspects, &suspects.last_resort);
	qsort(suspects.list, suspects.count, sizeof(suspects.list[0]), by_confidence);
	add_suspects(&suspects, lock);
	*count = suspects.total;
	map_deinit(&target.modes[0]);
	map_deinit(&target.modes[1]);
	return NULL;
}
