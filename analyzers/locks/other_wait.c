/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: blocked tasks that wait for no lock we can read: I/O, pages, journal commits, RCU …;
 *   those in functions no table names are told by the function.
 * Needs: symbols, tasks, stacks.
 * False positives: a task caught in a wait that would have ended by itself.
 * Kernel commits: none; functions by name, kernel/locking/sleep_functions.def.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/locking/sleeper.h"
#include "locks/async_user.h"
#include "locks/irq_user.h"
#include "locks/kernfs_user.h"
#include "locks/lock_report.h"
#include "locks/own_user.h"
#include "locks/rcu_readers.h"
#include "locks/srcu_reader.h"
#include "locks/task_doing.h"
#include "locks/thread_group.h"
#include "locks/wait_target.h"

#define NAMED                                                                                      \
	((1u << WAIT_NONE) | (1u << WAIT_PAGE) | (1u << WAIT_BIT) | (1u << WAIT_IO) |              \
	 (1u << WAIT_THAW) | (1u << WAIT_OTHER))
#define GROUPS_MAX 512 /* different waits, each device apart */

/* All sleepers with the same words and the same device are one wait with many waiters. */
struct group {
	const char *what;
	enum wait_kind kind;
	struct wait_target target;
	const struct task *reader; /* who waits for its own read section, or NULL */
	const struct task *user;   /* who waits for the end of a call of its own, or NULL */
	char own[200];		   /* that call */
	struct irq_user irq;	   /* whose handlers are waited for */
	int32_t process;   /* tgid of those who wait for their own process's threads, or 0 */
	bool endless;	   /* somebody sleeps there until he is woken */
	uint64_t address;  /* of what is waited for; 0 unknown */
	struct lock *lock; /* owned until it is reported */
};

struct groups {
	struct group list[GROUPS_MAX];
	size_t count;
};

static void groups_free(struct groups *groups)
{
	for (size_t i = 0; groups && i < groups->count; i++)
		lock_free(groups->list[i].lock);
	free(groups);
}
DEFINE_CLEANUP(struct groups, groups_free)

static bool is_same(const struct group *group, const struct group *other)
{
	return !strcmp(group->what, other->what) &&
	       !strcmp(group->target.device, other->target.device) &&
	       group->target.server == other->target.server && group->reader == other->reader &&
	       group->user == other->user && group->endless == other->endless &&
	       group->process == other->process && group->irq.desc == other->irq.desc &&
	       group->address == other->address && group->target.bit == other->target.bit;
}

#define ENDLESS_NS 1000000000ull /* asleep for so long: no wait that was about to end */

/*
 * By schedule() itself, which nobody ends but who wakes it, called by no function that is known to
 * wait. A thread that was made and not yet started sleeps in kthread().
 */
static bool is_endless(const struct sleeper *sleeper)
{
	unsigned i = 0;

	while (i < sleeper->call_count && (!strcmp(sleeper->calls[i].function, "__schedule") ||
					   !strcmp(sleeper->calls[i].function, "__schedule_loop")))
		i++;
	return i + 1 < sleeper->call_count && !strcmp(sleeper->calls[i].function, "schedule") &&
	       !task_doing_is_scheduler(sleeper->calls[i + 1].function) &&
	       strcmp(sleeper->calls[i + 1].function, "kthread") != 0 &&
	       sleeper->task->blocked_ns >= ENDLESS_NS;
}

/* Of waits that are not only for whom the functions name, memory and code say for whom. */
static bool waits_for_itself(struct kernel *kernel, const struct sleeper *sleeper)
{
	if (sleeper_call(sleeper, "kernfs_drain") || sleeper_call(sleeper, "__kernfs_remove"))
		return kernfs_user_is_waiter(kernel, sleeper);
	return !sleeper_call(sleeper, "async_synchronize_cookie_domain") ||
	       async_user_waits_for_all(kernel, sleeper);
}

/* The group a sleeper belongs to, without its lock. */
static void look_at(struct kernel *kernel, const struct sleeper *sleeper, struct group *ret)
{
	*ret = (struct group){.what = sleeper->what, .kind = sleeper->kind};
	wait_target_find(kernel, sleeper, &ret->target);
	if (ret->kind == WAIT_NONE) {
		ret->what = task_doing_function(sleeper);
		ret->endless = is_endless(sleeper);
		if (ret->target.word) {
			ret->kind = WAIT_BIT;
			ret->what = "a change";
		}
	}
	if (own_user_find(kernel->sleepers, sleeper, ret->own, sizeof(ret->own)) &&
	    waits_for_itself(kernel, sleeper))
		ret->user = sleeper->task;
	irq_user_find(kernel, sleeper, &ret->irq);
	if (thread_group_wait(sleeper)) {
		ret->kind = WAIT_OTHER;
		ret->what = thread_group_wait(sleeper);
		ret->process = sleeper->task->tgid;
	}
	if (ret->kind == WAIT_OTHER && srcu_reader_is_waiter(kernel, sleeper, &ret->address))
		ret->reader = sleeper->task;
	else
		ret->address = ret->target.word;
	if (ret->kind == WAIT_BIT && ret->target.device[0]) {
		/* a buffer is locked while it is read or written */
		ret->kind = WAIT_IO;
		ret->what = "buffer I/O";
	}
}

static enum lock_kind lock_kind(enum wait_kind kind)
{
	return kind == WAIT_PAGE  ? LOCK_PAGE
	       : kind == WAIT_BIT ? LOCK_BIT
	       : kind == WAIT_IO  ? LOCK_IO
				  : LOCK_OTHER;
}

/* "its own SRCU read section of s", "bit 3 in kmalloc-32 object 0x… +0x10", for what has an address. */
static void name_address(const struct group *group, struct lock_place *place)
{
	char name[sizeof(place->name)];

	copy_string(name, sizeof(name), place->name);
	if (group->reader && !strncmp(name, "other in ", 9))
		snprintf(place->name, sizeof(place->name),
			 "its own SRCU read section of srcu_struct%.200s", name + 5);
	else if (group->reader)
		snprintf(place->name, sizeof(place->name), "its own SRCU read section of %.200s",
			 name);
	else if (group->target.bit == WAIT_TARGET_VARIABLE)
		snprintf(place->name, sizeof(place->name), "a change %s%.200s",
			 strncmp(name, "bit ", 4) != 0 ? "of " : "",
			 strncmp(name, "bit ", 4) != 0 ? name : name + 4);
	else
		snprintf(place->name, sizeof(place->name), "bit %" PRIu64 " %s%.200s",
			 group->target.bit, strncmp(name, "bit ", 4) != 0 ? "of " : "",
			 strncmp(name, "bit ", 4) != 0 ? name : name + 4);
}

/* "page writeback on vda1", "some_function()" */
static struct err *open_group(struct kernel *kernel, struct group *group)
{
	const char *device = group->target.device;

	TRY(lock_report_new(kernel, lock_kind(group->kind), group->address, &group->lock));
	struct lock_place *place = &group->lock->place;
	if (group->user)
		copy_string(place->name, sizeof(place->name), group->own);
	else if (group->irq.desc)
		snprintf(place->name, sizeof(place->name), "the handlers of IRQ %u",
			 group->irq.irq);
	else if (group->address)
		name_address(group, place);
	else if (group->kind == WAIT_NONE)
		snprintf(place->name, sizeof(place->name), "%s()", group->what);
	else
		snprintf(place->name, sizeof(place->name), "%s%s%s", group->what,
			 device[0] ? " on " : "", device);
	copy_string(group->lock->device, sizeof(group->lock->device), device);
	return NULL;
}

/* Add a waiter to its group's lock; sleepers of more than GROUPS_MAX groups are left out. */
static struct err *add_sleeper(struct kernel *kernel, struct groups *groups,
			       const struct sleeper *sleeper)
{
	struct group wanted, *group = groups->list;

	look_at(kernel, sleeper, &wanted);
	while (group < groups->list + groups->count && !is_same(group, &wanted))
		group++;
	if (group == groups->list + GROUPS_MAX)
		return NULL;
	if (group == groups->list + groups->count) {
		TRY(open_group(kernel, &wanted));
		*group = wanted;
		groups->count++;
	}
	lock_add_sleeper(group->lock, sleeper->task, MODE_UNKNOWN,
			 (int64_t)group->lock->waiter_count, 0);
	return NULL;
}

/* Asleep where no table has a name for it: perhaps no wait for anything. */
static void describe_unnamed(const struct group *group, struct lock *lock)
{
	size_t count = lock->waiter_count;

	lock->unnamed = true;
	lock->endless = group->endless;
	if (group->endless)
		lock_add_holder(lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
				"nothing in memory says who is to wake it");
	lock->confidence = 0.5;
	str_printf(&lock->state, "%zu asleep", count);
	str_printf(&lock->headline, "%zu task%s asleep in %s", count, count == 1 ? "" : "s",
		   lock_display_name(lock));
}

static bool is_waiter(const struct lock *lock, const struct task *task)
{
	for (size_t i = 0; i < lock->waiter_count; i++)
		if (lock->waiters[i].task == task)
			return true;
	return false;
}

#define READERS_TOLD 16

static void add_rcu_reader(void *context, const struct task *task)
{
	struct lock *lock = context;

	if (lock->holder_count < READERS_TOLD && !is_waiter(lock, task))
		lock_add_holder(lock, task, MODE_READ, EVIDENCE_INFERRED, 0.9,
				"RCU has it in its list of readers that sleep in their section");
}

/* A grace period ends when the readers have; those that run are no sleepers' to name. */
static bool add_rcu_readers(struct kernel *kernel, const struct group *group, struct lock *lock)
{
	if (!strcmp(group->what, "an RCU grace period"))
		rcu_readers_each(kernel, add_rcu_reader, lock);
	return lock->holder_count > 0;
}

/* Whoever is known to end the wait. */
static void add_holders(struct kernel *kernel, const struct group *group, struct lock *lock)
{
	if (group->target.server)
		lock_add_holder(lock, group->target.server, MODE_UNKNOWN, EVIDENCE_PROVEN, 1.0,
				"the journal on the waiters' stacks names it as its thread");
	else if (group->irq.desc)
		irq_user_add(&group->irq, lock);
	else if (group->user)
		lock_add_holder(lock, group->user, MODE_UNKNOWN, EVIDENCE_INFERRED, OWN_USER_SURE,
				"its own call is one of those whose end it waits for");
	else if (group->reader)
		lock_add_holder(
			lock, group->reader, MODE_READ, EVIDENCE_INFERRED, 0.85,
			"by its callers' code, it has begun a read section and not ended it");
	else if (!(group->process && thread_group_add(kernel->sleepers, group->process, lock)) &&
		 !add_rcu_readers(kernel, group, lock))
		lock_add_holder(
			lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
			group->kind == WAIT_OTHER || group->kind == WAIT_THAW || group->address
				? "nothing in memory says who is to end this wait"
				: "I/O is ended by the device or its driver, not by a task");
}

static void describe(struct kernel *kernel, const struct group *group, struct lock *lock)
{
	size_t count = lock->waiter_count;

	add_holders(kernel, group, lock);
	lock->confidence = 0.9;
	str_printf(&lock->state, "%zu waiting", count);
	str_printf(&lock->headline, "%zu task%s wait%s for %s", count, count == 1 ? "" : "s",
		   count == 1 ? "s" : "", lock_display_name(lock));
}

static struct err *report(struct analysis *analysis, struct group *group)
{
	if (group->kind == WAIT_NONE && !group->user)
		describe_unnamed(group, group->lock);
	else
		describe(analysis->kernel, group, group->lock);
	return lock_report(analysis, take_ptr(group->lock), FINDING_LOCK_OTHER, SEVERITY_NOTICE);
}

static bool is_told(const struct lock *lock)
{
	return lock->kind == LOCK_PAGE_LOCK ||
	       (lock->kind == LOCK_OTHER && !strcmp(lock->place.type, "super_block"));
}

/* Those who wait for a page that a task keeps locked, or for a file system's thaw, have been told of. */
static struct err *map_told(const struct locks *locks, struct map *told)
{
	for (size_t i = 0; i < locks->count; i++) {
		const struct lock *lock = locks->list[i];

		for (size_t j = 0; is_told(lock) && j < lock->waiter_count; j++)
			if (!map_set(told, (uintptr_t)lock->waiters[j].task, 0))
				return &err_nomem;
	}
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	_map_ struct map told = {0};
	_cleanup_(cleanup_groups_free) struct groups *groups = calloc(1, sizeof(*groups));
	struct kernel *kernel = analysis->kernel;
	struct sleepers *sleepers;

	if (!groups)
		return &err_nomem;
	TRY(sleepers_of(kernel, &sleepers));
	TRY(map_told(&analysis->locks, &told));
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];

		if (NAMED >> sleeper->kind & 1 && !sleeper_stackless(sleeper) &&
		    !map_get(&told, (uintptr_t)sleeper->task))
			TRY(add_sleeper(kernel, groups, sleeper));
	}
	for (size_t i = 0; i < groups->count; i++)
		TRY(report(analysis, &groups->list[i]));
	return NULL;
}

const struct analyzer named_wait_analyzer = {
	.name = "named_wait",
	.needs = STEP_SYMBOLS | STEP_TASKS | STEP_STACKS,
	.run = run,
};
