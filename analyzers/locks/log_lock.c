/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the waits that a log shows to locks: who waits for the same, and who holds it. */
#include "locks/log_lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/tasks/task_label.h"
#include "locks/lock_report.h"
#include "locks/log_holder.h"
#include "locks/log_wait.h"
#include "locks/task_doing.h"

#define GROUPS_MAX 1024	 /* different waits; tasks of others are left out */
#define WAITERS_MAX 4096 /* of one, as of locks in memory; they are all counted */

/* Tasks that wait for the same. */
struct group {
	struct log_wait first;
	struct lock *lock; /* owned until it is reported */
};

struct groups {
	struct group list[GROUPS_MAX];
	size_t count;
	struct map by_key; /* key_of() → index */
};

static void groups_free(struct groups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->count; i++)
		lock_free(groups->list[i].lock);
	map_deinit(&groups->by_key);
	free(groups);
}
DEFINE_CLEANUP(struct groups, groups_free)

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x100000001b3ull + 1;
}

/* What tells waits apart: the lock; who holds it, and where it is taken; else what it is for. */
static uint64_t key_of(const struct log_wait *wait)
{
	uint64_t key = mix(wait->kind, hash_string(wait->what));

	if (wait->lock)
		return mix(hash_string(wait->lock->name), wait->lock->address);
	if (wait->holder)
		key = mix(key, (uint64_t)wait->holder->task.pid);
	if (log_wait_is_lock(wait->kind) || wait->kind == WAIT_NONE ||
	    wait->kind == WAIT_COMPLETION || wait->kind == WAIT_WORK)
		key = mix(mix(key, hash_string(wait->function)), hash_string(wait->module));
	return key;
}

static enum lock_kind lock_kind(enum wait_kind kind)
{
	static const enum lock_kind kinds[] = {
		[WAIT_NONE] = LOCK_OTHER,
		[WAIT_RWSEM] = LOCK_RWSEM,
		[WAIT_MUTEX] = LOCK_MUTEX,
		[WAIT_RT_MUTEX] = LOCK_RT_MUTEX,
		[WAIT_RT_RWSEM] = LOCK_RWSEM,
		[WAIT_SEMAPHORE] = LOCK_SEMAPHORE,
		[WAIT_PERCPU_RWSEM] = LOCK_PERCPU_RWSEM,
		[WAIT_COMPLETION] = LOCK_COMPLETION,
		[WAIT_WORK] = LOCK_COMPLETION,
		[WAIT_THAW] = LOCK_OTHER,
		[WAIT_PAGE] = LOCK_PAGE,
		[WAIT_BIT] = LOCK_BIT,
		[WAIT_IO] = LOCK_IO,
		[WAIT_OTHER] = LOCK_OTHER,
	};

	return kinds[kind];
}

static enum finding_id finding_of(enum lock_kind kind)
{
	switch (kind) {
	case LOCK_RWSEM:
		return FINDING_LOCK_RWSEM;
	case LOCK_MUTEX:
		return FINDING_LOCK_MUTEX;
	case LOCK_RT_MUTEX:
		return FINDING_LOCK_RT_MUTEX;
	case LOCK_SEMAPHORE:
		return FINDING_LOCK_SEMAPHORE;
	case LOCK_PERCPU_RWSEM:
		return FINDING_LOCK_PERCPU_RWSEM;
	case LOCK_COMPLETION:
		return FINDING_LOCK_COMPLETION;
	default:
		return FINDING_LOCK_OTHER;
	}
}

/* "&rp->fetch_lock", "mutex taken in f() [module]", "completion in f()", "page I/O", "f()" */
static void put_name(const struct log_wait *wait, struct lock *lock)
{
	_str_ struct str name = {0};
	bool is_lock = log_wait_is_lock(wait->kind);

	if (wait->lock) {
		str_escape(&name, wait->lock->name, strlen(wait->lock->name));
	} else {
		if (wait->kind != WAIT_NONE)
			str_puts(&name, wait->what);
		if (wait->function[0] && (is_lock || wait->kind == WAIT_NONE ||
					  wait->kind == WAIT_COMPLETION || wait->kind == WAIT_WORK))
			str_printf(&name, "%s%s()",
				   is_lock		     ? " taken in "
				   : wait->kind == WAIT_NONE ? ""
							     : " in ",
				   wait->function);
	}
	copy_string(lock->place.name, sizeof(lock->place.name), name.data ? name.data : "");
}

static struct err *open_group(struct groups *groups, const struct log_wait *wait)
{
	struct group *group = &groups->list[groups->count];

	group->first = *wait;
	group->lock = lock_new(lock_kind(wait->kind),
			       wait->lock && !wait->lock->hashed ? wait->lock->address : 0);
	if (!group->lock)
		return &err_nomem;
	groups->count++;
	group->lock->listed = 0;
	put_name(wait, group->lock);
	return NULL;
}

static struct err *add_waiter(struct groups *groups, const struct log_wait *wait)
{
	uint64_t key = key_of(wait), *known = map_get(&groups->by_key, key);
	size_t at = known ? *known : groups->count;

	if (at == GROUPS_MAX)
		return NULL;
	if (!known) {
		if (!map_set(&groups->by_key, key, at))
			return &err_nomem;
		TRY(open_group(groups, wait));
	}
	struct lock *lock = groups->list[at].lock;
	if (!groups->list[at].first.holder)
		groups->list[at].first.holder = wait->holder;
	if (lock->listed++ < WAITERS_MAX)
		lock_add_sleeper(lock, &wait->task->task, wait->mode, -1, 0);
	return NULL;
}

static void describe(struct kernel *kernel, const struct log_wait *wait, struct lock *lock)
{
	const struct task *holder = lock->holder_count ? lock->holders[0].task : NULL;
	unsigned long long count = (unsigned long long)lock->listed;

	lock->unnamed = wait->kind == WAIT_NONE;
	lock->confidence = lock->unnamed ? 0.5 : 0.8;
	str_printf(&lock->state, "%llu %s", count, lock->unnamed ? "asleep" : "waiting");
	if (lock->unnamed) {
		str_printf(&lock->headline, "%llu task%s asleep in %s", count,
			   count == 1 ? "" : "s", lock_display_name(lock));
		return;
	}
	str_printf(&lock->headline, "%llu task%s wait%s for %s", count, count == 1 ? "" : "s",
		   count == 1 ? "s" : "", lock_display_name(lock));
	if (!holder)
		return;
	lock->confidence = lock->holders[0].confidence;
	str_puts(&lock->headline, ", held by ");
	task_label(holder, &lock->headline);
	str_puts(&lock->headline, ", ");
	task_doing(kernel, holder, &lock->headline);
}

static struct err *report(struct analysis *analysis, const struct shown *shown, struct group *group)
{
	struct lock *lock = take_ptr(group->lock);

	if (group->first.kind != WAIT_NONE)
		log_holder_find(analysis->kernel->sleepers, shown, &group->first, lock);
	describe(analysis->kernel, &group->first, lock);
	return lock_report(analysis, lock, finding_of(lock->kind), SEVERITY_WARNING);
}

struct err *log_lock_report_all(struct analysis *analysis, const struct shown *shown)
{
	_cleanup_(cleanup_groups_free) struct groups *groups = calloc(1, sizeof(*groups));
	struct log_wait wait;

	if (!groups)
		return &err_nomem;
	for (size_t i = 0; i < shown->task_count; i++)
		if (log_wait_of(analysis->kernel->sleepers, shown, &shown->tasks[i], &wait))
			TRY(add_waiter(groups, &wait));
	for (size_t i = 0; i < groups->count; i++)
		TRY(report(analysis, shown, &groups->list[i]));
	return NULL;
}
