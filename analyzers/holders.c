/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suspected holders of a lock that records none. What an engineer does with a grep over all
 * stacks: who has a frame that runs under this lock, and who has its address on the stack.
 */
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "kernel/object.h"
#include "lock.h"
#include "lock_place.h"
#include "lock_region.h"

struct holds_entry {
	const char *function;
	const char *member;
	enum lock_mode mode;
	const char *why;
};

static const struct holds_entry holds_table[] = {
#define HOLDS(function, member, mode, why) {function, member, MODE_##mode, why},
#include "holders.def"
#undef HOLDS
};

struct suspect {
	const struct task *task;
	enum lock_mode mode;
	double confidence;
	char why[256];
};

#define SUSPECTS_MAX 16 /* more than this many name nobody */

struct suspects {
	struct suspect list[SUSPECTS_MAX];
	size_t count, total;
};

static void suspect(struct suspects *suspects, const struct suspect *candidate)
{
	suspects->total++;
	if (suspects->count < SUSPECTS_MAX)
		suspects->list[suspects->count++] = *candidate;
}

/* A frame of holders.def on this stack, outermost call first: it took the lock. */
static const struct holds_entry *holding_frame(const struct sleeper *stack)
{
	for (unsigned i = stack->call_count; i-- > 0;)
		for (size_t j = 0; j < ARRAY_SIZE(holds_table); j++)
			if (!strcmp(stack->calls[i].function, holds_table[j].function))
				return &holds_table[j];
	return NULL;
}

#define STACK_SEARCH_WORDS 2048 /* all of a 16 KiB stack */

/* The function whose frame holds a copy of value, NULL when none does. */
static const char *address_on_stack(struct kernel *kernel, const struct sleeper *stack,
				    uint64_t value)
{
	uint64_t words[64];
	uint64_t end = stack->task->stack + stack->task->stack_size;
	uint64_t at = stack->sp;

	if (at < stack->task->stack || at >= end)
		return NULL;
	for (unsigned done = 0; at + 8 <= end && done < STACK_SEARCH_WORDS;) {
		size_t count = MIN(ARRAY_SIZE(words), (end - at) / 8);

		if (!err_ok(memory_read(kernel->memory, at, words, count * 8)))
			return NULL;
		for (size_t i = 0; i < count; i++) {
			if (load_u64(&words[i]) != value)
				continue;
			unsigned call = 0;
			while (call + 1 < stack->call_count &&
			       stack->calls[call + 1].sp <= at + i * 8)
				call++;
			return call < stack->call_count ? stack->calls[call].function : "";
		}
		at += count * 8;
		done += count;
	}
	return NULL;
}

/* The innermost frame whose code took the lock, by its constant address, and still has it. */
static const struct call *took_lock(struct kernel *kernel, uint64_t lock,
				    const struct sleeper *stack, enum lock_mode *mode)
{
	const struct lock_calls calls = {lock_region_rwsem_call, lock};
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, lock, &symbol))
		return NULL; /* no static lock: no code has its address */
	for (unsigned i = 0; i < stack->call_count; i++) {
		uint64_t stop = stack->calls[i].address;
		struct lock_region region = {0};

		if (!symbols_at(kernel->symbols, stop - 1, &symbol))
			continue;
		lock_region_follow(kernel, symbol.address, stop, &calls, &region);
		if (!region.inside)
			continue;
		*mode = region.read ? MODE_READ : MODE_WRITE;
		return &stack->calls[i];
	}
	return NULL;
}

static void look_at(struct kernel *kernel, uint64_t lock, uint64_t mm, const struct task *hint,
		    const struct sleeper *stack, struct suspects *suspects)
{
	const struct holds_entry *frame = mm && stack->task->mm == mm ? holding_frame(stack) : NULL;
	const char *where = address_on_stack(kernel, stack, lock);
	struct suspect found = {.task = stack->task};

	if (frame) {
		found.mode = frame->mode;
		found.confidence = where ? 0.85 : 0.75;
		snprintf(found.why, sizeof(found.why), "in %s(): %s%s", frame->function, frame->why,
			 where ? "; the lock's address is on its stack" : "");
	} else if (where) {
		found.confidence = 0.5;
		snprintf(found.why, sizeof(found.why), "the lock's address is on its stack, in %s()",
			 where[0] ? where : "an unknown function");
	}
	const struct call *took = frame ? NULL : took_lock(kernel, lock, stack, &found.mode);
	if (took) {
		found.confidence = MAX(found.confidence, 0.75);
		snprintf(found.why, sizeof(found.why),
			 "%s() took this lock and had not given it back", took->function);
	}
	if (stack->task == hint) {
		found.confidence = found.confidence > 0 ? MIN(found.confidence + 0.15, 0.95) : 0.7;
		found.mode = found.mode ? found.mode : MODE_READ;
		size_t length = strlen(found.why);
		snprintf(found.why + length, sizeof(found.why) - length,
			 "%sthe lock's owner field names it as the last reader",
			 length ? "; " : "");
	}
	if (found.confidence > 0)
		suspect(suspects, &found);
}

/* Could this task be inside a lock's critical section at all? Asleep in D, running, or preempted. */
static bool worth_a_look(const struct task *task, uint64_t mm, const struct task *hint)
{
	return task->state == 'D' || task->on_cpu >= 0 || task == hint ||
	       (mm && task->mm == mm && task->state == 'R');
}

static int by_confidence(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;

	return x->confidence < y->confidence ? 1 : x->confidence > y->confidence ? -1 : 0;
}

struct err *lock_infer_holders(struct kernel *kernel, const struct waitlist *list, json_t *lock,
			       const struct task *hint, size_t *count)
{
	uint64_t mm = lock_mm(kernel, list->lock);
	struct suspects suspects = {0};
	struct sleepers *sleepers;

	TRY(kernel_sleepers(kernel, &sleepers));
	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);
		const struct sleeper *known = sleepers_find(sleepers, task);
		struct sleeper own = {0};

		if (task->idle || !worth_a_look(task, mm, hint) || waits_in(list, task))
			continue;
		if (!known && !err_ok(sleepers_stack(kernel, sleepers, task, &own))) {
			sleeper_deinit(&own);
			continue;
		}
		look_at(kernel, list->lock, mm, hint, known ? known : &own, &suspects);
		sleeper_deinit(&own);
	}
	qsort(suspects.list, suspects.count, sizeof(suspects.list[0]), by_confidence);
	for (size_t i = 0; i < suspects.count; i++) {
		const struct suspect *one = &suspects.list[i];
		/* Several suspects share what one alone would be sure of. */
		double share = suspects.total > 1 && i > 0 ? one->confidence / 2 : one->confidence;

		lock_add_holder(lock, one->task, one->mode, EVIDENCE_INFERRED, share, "%s",
				one->why);
	}
	*count = suspects.total;
	return NULL;
}
