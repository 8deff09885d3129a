/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks blocked on a counting semaphore, in order.
 * Needs: symbols, types, tasks, stacks.
 * False positives: none for waiters. Holders are not recorded (but for last_holder, which only
 *   says who took it last): they are inferred or missing.
 * Kernel commits: 194a9b9e843b v6.16 last_holder; 7.2 first_waiter in place of wait_list.
 */
#include <inttypes.h>

#include "analysis.h"
#include "kernel/tasks/task.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "locks/critical_section.h"
#include "locks/lock_class.h"
#include "locks/lock_holders.h"
#include "locks/owner_died.h"

static bool plausible(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	uint64_t count;

	/* Whoever waits found the count at 0; up() hands over without raising it. */
	return err_ok(member_read(kernel, lock, MEMBER_SEMAPHORE_COUNT, &count)) &&
	       (uint32_t)count < (waiters ? 1u : 1u << 24);
}

static const struct waitlist_ops semaphore_ops = {
	.waiter_list = MEMBER_SEMAPHORE_WAITER_LIST,
	.waiter_task = MEMBER_SEMAPHORE_WAITER_TASK,
	.lock_list = MEMBER_SEMAPHORE_WAITERS,
	.plausible = plausible,
};

#define LAST 0.8 /* that the last who took it is the one who owes it: anybody may give it back */

static const struct task *last_holder(struct kernel *kernel, uint64_t lock)
{
	uint64_t word;

	if (!members_has(kernel->members, MEMBER_SEMAPHORE_LAST_HOLDER) ||
	    !err_ok(member_read(kernel, lock, MEMBER_SEMAPHORE_LAST_HOLDER, &word)))
		return NULL;
	return lock_owner(kernel->tasks, word, 0);
}

static struct err *describe(struct analysis *analysis, const struct waitlist *list,
			    struct lock *lock)
{
	struct kernel *kernel = analysis->kernel;
	const struct task *last = last_holder(kernel, list->lock);
	struct owner_died died = {.doubt = 1};
	size_t suspects = 0;
	uint64_t count;

	TRY(member_read(kernel, list->lock, MEMBER_SEMAPHORE_COUNT, &count));
	lock_set_raw(lock, count);
	if (last)
		TRY(owner_died_find(analysis, list, critical_section_semaphore, last, &died));
	if (died.task) {
		died.confidence *= LAST;
		owner_died_add(lock, &died, MODE_EXCLUSIVE);
		return NULL;
	}
	str_printf(&lock->state, "count %" PRIu32 ", %zu waiting", (uint32_t)count, list->count);
	if (last)
		lock_add_holder(lock, last, MODE_EXCLUSIVE, EVIDENCE_INFERRED, LAST * died.doubt,
				"the semaphore's last_holder field names it%s",
				died.doubt < 1 ? OWNER_DOUBTED : "");
	else
		TRY(lock_holders_infer(kernel, list, lock, NULL, &suspects));
	if (!last && !suspects)
		lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
				"a semaphore records no holder, and no stack shows one");
	lock->confidence = last || suspects == 1 ? 0.8 : 0.6;
	str_printf(&lock->headline, "%s: semaphore exhausted, %zu waiting", lock_display_name(lock),
		   list->count);
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	static const struct lock_class class = {
		.finding = FINDING_LOCK_SEMAPHORE,
		.kind = LOCK_SEMAPHORE,
		.waits = 1u << WAIT_SEMAPHORE,
		.ops = &semaphore_ops,
		.describe = describe,
	};

	return lock_class_report(analysis, &class);
}

const struct analyzer semaphore_analyzer = {
	.name = "semaphore",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
