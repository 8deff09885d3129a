/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks blocked on a percpu_rw_semaphore (cgroup_threadgroup_rwsem, cpu_hotplug_lock …);
 *   the writer that waits for readers to leave; frozen file systems (super_block.s_writers).
 * Needs: symbols, types, tasks, stacks.
 * False positives: none for waiters. Its readers are only counted per CPU, and a writer that is in
 *   is not recorded: both are inferred.
 * Kernel commits: 7f26482a872c v5.7 its own wait queue and block flag in place of an rwsem. Before, who
 *   waits for a writer that is in does so on that rwsem (rwsem.c), and here is the writer that drains;
 *   52b94129f274 v4.11 its task in place of a wait queue; 80127a39681b v4.8 readers counted per CPU alone.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "locks/frozen_fs.h"
#include "locks/lock_class.h"
#include "locks/lock_holders.h"

#define STACK_WORDS 256 /* of a writer's stack that are looked at for its lock */

static const struct task *draining_writer(struct kernel *kernel, uint64_t lock);

static bool plausible(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	uint64_t block;

	(void)waiters;
	if (!members_has(kernel->members, MEMBER_PERCPU_RWSEM_BLOCK))
		return draining_writer(kernel, lock);
	return err_ok(member_read(kernel, lock, MEMBER_PERCPU_RWSEM_BLOCK, &block)) &&
	       (uint32_t)block <= 1;
}

/* The wait entry keeps no mode we need types for: the waiter's own stack says it. */
static enum lock_mode waiter_mode(struct kernel *kernel, uint64_t waiter, const struct task *task)
{
	const struct sleeper *sleeper = sleepers_find(kernel->sleepers, task);

	(void)waiter;
	return sleeper ? sleeper->mode : MODE_UNKNOWN;
}

static const struct waitlist_ops percpu_rwsem_ops = {
	.waiter_list = MEMBER_WAIT_ENTRY_LIST,
	.waiter_task = MEMBER_WAIT_ENTRY_TASK,
	.lock_list = MEMBER_PERCPU_RWSEM_WAITERS,
	.plausible = plausible,
	.mode = waiter_mode,
};

/* --- the writer that waits for the readers inside --------------------------------------------- */

/*
 * Readers inside, counted on the CPU each came in or went out on; until v4.7 all in one count, once a writer drains.
 * False where it cannot be read.
 */
static bool count_readers(struct kernel *kernel, uint64_t lock, uint32_t *ret)
{
	uint64_t variable, address, slow = 0;
	uint32_t count;

	*ret = 0;
	if (err_ok(member_read(kernel, lock, MEMBER_PERCPU_RWSEM_SLOW_READERS, &slow))) {
		*ret = (uint32_t)slow;
		return true;
	}
	if (!kernel->percpu ||
	    !err_ok(member_read(kernel, lock, MEMBER_PERCPU_RWSEM_READERS, &variable)))
		return false;
	for (unsigned cpu = 0; cpu < percpu_cpus(kernel->percpu); cpu++) {
		if (!err_ok(percpu_address(kernel->percpu, variable, cpu, &address)))
			continue;
		if (!err_ok(memory_read(kernel->memory, address, &count, sizeof(count))))
			return false;
		*ret += count;
	}
	return true;
}

#define READERS_MAX (1u << 20)

/* A queue with the one writer in it that there can be, and readers inside. */
static bool is_draining(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	uint32_t readers;

	return waiters == 1 &&
	       (!count_readers(kernel, lock, &readers) || (readers && readers <= READERS_MAX));
}

/* Until v4.10 the writer is in a wait queue, alone. */
static const struct waitlist_ops drain_ops = {
	.waiter_list = MEMBER_WAIT_ENTRY_LIST,
	.waiter_task = MEMBER_WAIT_ENTRY_TASK,
	.lock_list = MEMBER_PERCPU_RWSEM_DRAIN,
	.plausible = is_draining,
};

static bool has_drain_queue(struct kernel *kernel)
{
	return members_has(kernel->members, MEMBER_PERCPU_RWSEM_DRAIN);
}

static const struct task *queued_writer(struct kernel *kernel, uint64_t lock)
{
	_waitlist_ struct waitlist list = {0};

	return err_ok(waitlist_of_lock(kernel, &drain_ops, lock, &list)) && list.count == 1
		       ? list.waiters[0].task
		       : NULL;
}

static const struct task *draining_writer(struct kernel *kernel, uint64_t lock)
{
	uint64_t writer = 0;

	if (has_drain_queue(kernel))
		return queued_writer(kernel, lock);
	return err_ok(member_read(kernel, lock, MEMBER_PERCPU_RWSEM_WRITER, &writer)) && writer
		       ? lock_owner(kernel->tasks, writer, 0)
		       : NULL;
}

static uint64_t find_by_queue(struct kernel *kernel, const struct sleeper *sleeper)
{
	_waitlist_ struct waitlist list = {0};

	return sleeper->mode == MODE_WRITE &&
			       err_ok(waitlist_of_sleeper(kernel, &drain_ops, sleeper, &list))
		       ? list.lock
		       : 0;
}

/* It is in no list: the lock is the address on its stack whose writer it is. */
static uint64_t find_by_stack(struct kernel *kernel, const struct sleeper *sleeper)
{
	_stack_words_ struct stack_words words;

	stack_words_init(&words, kernel, sleeper, STACK_WORDS);
	while (sleeper->mode == MODE_WRITE && stack_words_next(&words))
		if (memory_is_kernel(kernel->memory, words.word) &&
		    draining_writer(kernel, words.word) == sleeper->task &&
		    plausible(kernel, words.word, 1))
			return words.word;
	return 0;
}

static uint64_t find_drained(struct kernel *kernel, const struct sleeper *sleeper)
{
	return has_drain_queue(kernel) ? find_by_queue(kernel, sleeper)
				       : find_by_stack(kernel, sleeper);
}

/* Before the others: it came when the lock was open, and has shut them out. */
static struct err *add_writer(struct kernel *kernel, struct waitlist *list)
{
	const struct task *writer = draining_writer(kernel, list->lock);

	if (!writer || waitlist_has(list, writer))
		return NULL;
	TRY(waitlist_add(list, (struct waiter){.task = writer, .mode = MODE_WRITE}));
	struct waiter last = list->waiters[list->count - 1];
	memmove(&list->waiters[1], &list->waiters[0], (list->count - 1) * sizeof(last));
	list->waiters[0] = last;
	return NULL;
}

/* --- the lock --------------------------------------------------------------------------------- */

static struct err *add_readers(struct kernel *kernel, const struct waitlist *list,
			       struct lock *lock)
{
	bool counted;
	uint32_t count;
	size_t suspects = 0;

	TRY(lock_holders_infer(kernel, list, lock, NULL, &suspects));
	counted = count_readers(kernel, list->lock, &count);
	if (!suspects)
		lock_add_holder(lock, NULL, MODE_READ, EVIDENCE_MISSING, 0,
				"the lock records no reader, and no stack shows one");
	for (size_t i = 0; i < lock->holder_count && counted && count == suspects; i++)
		lock->holders[i].confidence =
			MIN(0.9, MAX(lock->holders[i].confidence, 0.45) + 0.2);
	str_puts(&lock->state, "a writer waits for ");
	if (counted)
		str_printf(&lock->state, "%u reader%s inside to leave", count,
			   count == 1 ? "" : "s");
	else
		str_puts(&lock->state, "the readers inside to leave");
	lock->confidence = suspects ? 0.85 : 0.6;
	return NULL;
}

/* Who drains the writers of a file system freezes it. */
static void put_freezer(struct kernel *kernel, struct lock *lock, const struct task *writer)
{
	if (frozen_fs_state(kernel, lock) == SB_UNFROZEN)
		return;
	frozen_fs_name(kernel, lock, &lock->because);
	str_puts(&lock->because, ", which ");
	task_label(writer, &lock->because);
	str_puts(&lock->because, " freezes");
}

#define HOTPLUGS 0.95 /* one CPU goes or comes at a time, and only so */

/* Who takes a CPU away or brings it back has the hotplug lock for write (kernel/cpu.c). */
static bool add_hotplugger(struct kernel *kernel, const struct waitlist *list, struct lock *lock)
{
	uint64_t hotplug;

	if (!symbols_find(kernel->symbols, "cpu_hotplug_lock", &hotplug) || hotplug != list->lock)
		return false;
	for (size_t i = 0; i < kernel->sleepers->count; i++) {
		const struct sleeper *sleeper = &kernel->sleepers->list[i];

		if (waitlist_has(list, sleeper->task) ||
		    (!sleeper_call(sleeper, "_cpu_down") && !sleeper_call(sleeper, "_cpu_up")))
			continue;
		lock_add_holder(lock, sleeper->task, MODE_WRITE, EVIDENCE_INFERRED, HOTPLUGS,
				"it takes a CPU away or brings one back, which is done under it");
		return true;
	}
	return false;
}

static struct err *add_holder(struct kernel *kernel, const struct waitlist *list, uint32_t block,
			      struct lock *lock)
{
	size_t suspects = 0;

	if (block && add_hotplugger(kernel, list, lock)) {
		str_puts(&lock->state, "held for write");
		lock->confidence = HOTPLUGS;
		return NULL;
	}
	TRY(lock_holders_infer(kernel, list, lock, NULL, &suspects));
	if (!suspects)
		lock_add_holder(lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
				"the lock records no holder, and no stack shows one");
	str_puts(&lock->state, block ? "held for write" : "readers allowed");
	lock->confidence = 0.6;
	return NULL;
}

static struct err *describe(struct analysis *analysis, const struct waitlist *list,
			    struct lock *lock)
{
	struct kernel *kernel = analysis->kernel;
	const struct task *writer = draining_writer(kernel, list->lock);
	uint64_t block = 1; /* who drains has shut the others out */

	if (members_has(kernel->members, MEMBER_PERCPU_RWSEM_BLOCK)) {
		TRY(member_read(kernel, list->lock, MEMBER_PERCPU_RWSEM_BLOCK, &block));
		lock_set_raw(lock, (uint32_t)block);
	}
	if (!writer && frozen_fs_state(kernel, lock) == SB_FREEZE_COMPLETE) {
		frozen_fs_describe(kernel, list, lock);
		return NULL;
	}
	if (writer) {
		lock_set_ahead(lock, 0, EVIDENCE_PROVEN);
		put_freezer(kernel, lock, writer);
		TRY(add_readers(kernel, list, lock));
	} else {
		TRY(add_holder(kernel, list, (uint32_t)block, lock));
	}
	str_printf(&lock->state, ", %zu waiting", list->count);
	str_printf(&lock->headline, "%s: percpu_rwsem %s, %zu waiting", lock_display_name(lock),
		   (uint32_t)block ? "closed by a writer" : "open", list->count);
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	static const struct lock_class class = {
		.finding = FINDING_LOCK_PERCPU_RWSEM,
		.kind = LOCK_PERCPU_RWSEM,
		.waits = 1u << WAIT_PERCPU_RWSEM,
		.ops = &percpu_rwsem_ops,
		.find = find_drained,
		.complete = add_writer,
		.describe = describe,
	};

	return lock_class_report(analysis, &class);
}

const struct analyzer percpu_rwsem_analyzer = {
	.name = "percpu_rwsem",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
