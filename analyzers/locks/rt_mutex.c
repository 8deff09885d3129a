/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks blocked on an rt_mutex: every mutex, rwsem and sleeping spinlock of PREEMPT_RT,
 *   and priority-inheritance futexes everywhere.
 * Needs: symbols, types, tasks, stacks.
 * False positives: an rwsem's rt_mutex is owned by the writer that waits for readers to leave: it
 *   is a waiter, not a holder, and is told apart by its stack.
 * Kernel commits: 830e6acc8a1c v5.15 rt_mutex_base; 42254105dfe8 v5.15 rwbase_rt; f7853c342418
 *   v6.4 rt_waiter_node.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/locking/rwsem_count.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/tasks.h"
#include "kernel/tasks/task_label.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "locks/lock_holders.h"
#include "locks/lock_report.h"
#include "locks/owner_task.h"

#define OWNER_HAS_WAITERS 1ull /* RT_MUTEX_HAS_WAITERS, kernel/locking/rtmutex_common.h */
#define TREE_MAX (1u << 16)
#define TREE_DEPTH 64

/* A waiter stands on the stack of the task it names. */
static bool read_waiter(struct kernel *kernel, uint64_t address, struct waiter *ret)
{
	uint64_t task;

	if (!err_ok(member_read(kernel, address, MEMBER_RT_WAITER_TASK, &task)))
		return false;
	*ret = (struct waiter){address, address, tasks_find(kernel->tasks, task)};
	return ret->task && tasks_by_stack(kernel->tasks, address) == ret->task;
}

/* In-order walk of the lock's rb-tree, highest priority first, without recursion. */
static struct err *walk_tree(struct kernel *kernel, uint64_t root, struct waitlist *list)
{
	const struct member *entry = members_get(kernel->members, MEMBER_RT_WAITER_NODE);
	_map_ struct map seen = {0};
	uint64_t path[TREE_DEPTH], node = root;
	unsigned depth = 0;

	if (!entry)
		return err_new(ERR_NOT_FOUND, "no type for rt_mutex_waiter");
	while (node || depth) {
		struct waiter waiter;

		if (node) {
			if (depth == TREE_DEPTH || !map_add(&seen, node, 0))
				return err_at(ERR_LOOP, node, "rt_mutex tree loops");
			path[depth++] = node;
			TRY(member_read(kernel, node, MEMBER_RB_LEFT, &node));
			continue;
		}
		node = path[--depth];
		if (!read_waiter(kernel, node - member_offset(entry), &waiter))
			return err_at(ERR_CORRUPT, node,
				      "rt_mutex waiter is on the stack of no task it names");
		if (list->count == TREE_MAX)
			return err_new(ERR_LIMIT, "more than %u waiters", TREE_MAX);
		TRY(waitlist_add(list, waiter));
		TRY(member_read(kernel, node, MEMBER_RB_RIGHT, &node));
	}
	return NULL;
}

static struct err *waiters_of(struct kernel *kernel, uint64_t lock, struct waitlist *ret)
{
	uint64_t root;

	*ret = (struct waitlist){.lock = lock};
	TRY(member_read(kernel, lock, MEMBER_RT_MUTEX_WAITERS, &root));
	ret->err = walk_tree(kernel, root, ret);
	return NULL;
}

/* task->pi_blocked_on names the waiter, the waiter its lock; believed when the waiter names us. */
static uint64_t blocked_on(struct kernel *kernel, const struct task *task)
{
	uint64_t address, lock;
	struct waiter waiter;

	if (!err_ok(member_read(kernel, task->address, MEMBER_TASK_PI_BLOCKED_ON, &address)) ||
	    !address || !read_waiter(kernel, address, &waiter) || waiter.task != task ||
	    !err_ok(member_read(kernel, address, MEMBER_RT_WAITER_LOCK, &lock)))
		return 0;
	return lock;
}

static const struct task *owner_of(struct kernel *kernel, uint64_t lock)
{
	uint64_t word;

	return err_ok(member_read(kernel, lock, MEMBER_RT_MUTEX_OWNER, &word))
		       ? owner_task(kernel, word, OWNER_HAS_WAITERS)
		       : NULL;
}

#define STACK_WORDS 256 /* of the writer's stack, where rwbase_write_lock() keeps its lock */

/*
 * A writer that waits for readers to leave is in no list: it already owns the rt_mutex. Its
 * rwsem is the address on its stack whose rt_mutex it owns.
 */
static uint64_t draining_rwsem(struct kernel *kernel, const struct sleeper *sleeper)
{
	const struct member *inner = members_get(kernel->members, MEMBER_RWSEM_RT_MUTEX);
	_stack_words_ struct stack_words words;

	stack_words_init(&words, kernel, sleeper, STACK_WORDS);
	while (inner && stack_words_next(&words))
		if (memory_is_kernel(kernel->memory, words.word) &&
		    tasks_by_stack(kernel->tasks, words.word) != sleeper->task &&
		    owner_of(kernel, words.word + member_offset(inner)) == sleeper->task)
			return words.word;
	return 0;
}

/* --- an rwsem over an rt_mutex ---------------------------------------------------------------- */

static enum lock_mode rt_mode(struct kernel *kernel, const struct task *task)
{
	const struct sleeper *sleeper = sleepers_find(kernel->sleepers, task);

	return sleeper && sleeper->kind == WAIT_RT_RWSEM ? sleeper->mode : MODE_UNKNOWN;
}

static void set_modes(struct kernel *kernel, struct waitlist *list, bool rwsem)
{
	for (size_t i = 0; i < list->count; i++)
		list->waiters[i].mode =
			rwsem ? rt_mode(kernel, list->waiters[i].task) : MODE_EXCLUSIVE;
}

static bool drains(struct kernel *kernel, const struct task *task)
{
	const struct sleeper *sleeper = task ? sleepers_find(kernel->sleepers, task) : NULL;

	return sleeper && sleeper->kind == WAIT_RT_RWSEM && sleeper->mode == MODE_WRITE &&
	       !blocked_on(kernel, task);
}

/* The draining writer stands at the head of the queue, before those in the rt_mutex's tree. */
static struct err *put_writer_first(struct waitlist *list, const struct task *writer)
{
	TRY(waitlist_add(list, (struct waiter){.task = writer}));
	memmove(list->waiters + 1, list->waiters, (list->count - 1) * sizeof(*list->waiters));
	list->waiters[0] = (struct waiter){.task = writer};
	return NULL;
}

static struct err *add_rwsem_holders(struct kernel *kernel, const struct waitlist *list,
				     const struct task *owner, bool draining, struct lock *lock)
{
	size_t suspects = 0;

	if (owner && !draining) {
		lock_add_holder(lock, owner, MODE_WRITE, EVIDENCE_PROVEN, 1.0,
				"it owns the rwsem's rt_mutex and does not wait for readers");
		return NULL;
	}
	TRY(lock_holders_infer(kernel, list, lock, NULL, &suspects));
	lock->confidence = suspects == 1 ? 0.8 : 0.6;
	if (draining && !suspects)
		lock_add_holder(lock, NULL, MODE_READ, EVIDENCE_MISSING, 0,
				"readers are only counted, and no stack shows one");
	return NULL;
}

static struct err *report_rwsem(struct analysis *analysis, uint64_t rwsem, struct waitlist *list)
{
	struct kernel *kernel = analysis->kernel;
	const struct member *inner = members_get(kernel->members, MEMBER_RWSEM_RT_MUTEX);
	const struct task *owner = owner_of(kernel, rwsem + member_offset(inner));
	_cleanup_(cleanup_lock_free) struct lock *lock = NULL;
	struct rwsem_count state;
	uint64_t readers;
	char text[160];

	TRY(member_read(kernel, rwsem, MEMBER_RWSEM_RT_READERS, &readers));
	bool draining = drains(kernel, owner);
	if (draining)
		TRY(put_writer_first(list, owner));
	list->lock = rwsem;
	rwsem_count_decode(RWSEM_RT, readers, list->count, &state);
	rwsem_count_format(&state, text, sizeof(text));

	TRY(lock_report_new(kernel, LOCK_RWSEM, rwsem, &lock));
	set_modes(kernel, list, true);
	lock_report_waiters(lock, list);
	lock_set_raw(lock, (uint32_t)readers);
	str_printf(&lock->state, "%s; %zu waiting", text, list->count);
	TRY(add_rwsem_holders(kernel, list, owner, draining, lock));
	str_printf(&lock->headline, "%s: %s, %zu queued", lock_display_name(lock), text,
		   list->count);
	return lock_report(analysis, take_ptr(lock), FINDING_LOCK_RWSEM, SEVERITY_WARNING);
}

static struct err *report_mutex(struct analysis *analysis, struct waitlist *list)
{
	struct kernel *kernel = analysis->kernel;
	const struct task *owner = owner_of(kernel, list->lock);
	_str_ struct str label = {0};
	struct lock *lock;

	TRY(lock_report_new(kernel, LOCK_RT_MUTEX, list->lock, &lock));
	set_modes(kernel, list, false);
	lock_report_waiters(lock, list);
	if (owner) {
		task_label(owner, &label);
		lock_add_holder(lock, owner, MODE_EXCLUSIVE, EVIDENCE_PROVEN, 1.0,
				"the rt_mutex's owner field names it");
	} else {
		str_puts(&label, "nobody");
		lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
				"the rt_mutex has no owner at this moment");
		lock->confidence = 0.7;
	}
	str_printf(&lock->state, "held by %s, %zu waiting", label.data, list->count);
	str_printf(&lock->headline, "%s: rt_mutex held by %s, %zu waiting", lock_display_name(lock),
		   label.data, list->count);
	return lock_report(analysis, lock, FINDING_LOCK_RT_MUTEX, SEVERITY_WARNING);
}

/* --- each lock once --------------------------------------------------------------------------- */

static struct err *report(struct analysis *analysis, const struct sleeper *sleeper,
			  struct map *done)
{
	struct kernel *kernel = analysis->kernel;
	const struct member *inner = members_get(kernel->members, MEMBER_RWSEM_RT_MUTEX);
	_waitlist_ struct waitlist list = {0};
	uint64_t lock = blocked_on(kernel, sleeper->task), rwsem = 0;

	if (sleeper->kind == WAIT_RT_RWSEM && inner) {
		rwsem = lock ? lock - member_offset(inner) : draining_rwsem(kernel, sleeper);
		lock = rwsem ? rwsem + member_offset(inner) : 0;
	}
	if (!lock)
		return err_new(ERR_NOT_FOUND, "pid %d sleeps on an rt_mutex it does not name",
			       sleeper->task->pid);
	if (!map_add(done, lock, 0))
		return NULL;
	TRY(waiters_of(kernel, lock, &list));
	return rwsem ? report_rwsem(analysis, rwsem, &list) : report_mutex(analysis, &list);
}

static struct err *run(struct analysis *analysis)
{
	_err_ struct err *first = NULL;
	_map_ struct map done = {0};
	struct sleepers *sleepers;

	TRY(sleepers_of(analysis->kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		enum wait_kind kind = sleepers->list[i].kind;

		if (kind != WAIT_RT_MUTEX && kind != WAIT_RT_RWSEM)
			continue;
		struct err *err = report(analysis, &sleepers->list[i], &done);
		if (first)
			err_free(err);
		else
			first = err;
	}
	return take_ptr(first);
}

const struct analyzer rt_mutex_analyzer = {
	.name = "rt_mutex",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
