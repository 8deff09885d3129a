/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_LOCKS_H
#define TRIAGE_FAKE_LOCKS_H

#include "analysis.h"
#include "fake_kernel.h"
#include "kept_findings.h"
#include "kernel/locking/sleeper.h"
#include "kernel/mm/freelist.h"
#include "kernel/tasks/tasks.h"
#include "locks/lock_place.h"

/*
 * For tests of the lock analyzers: tasks with stacks, asleep where the test says, and the findings
 * that come of it. Stands in for analyzers/locks/lock_place.c and kernel/mm/owner.c: locks have no names.
 * Include it in one file of a test program.
 */
#define TASKS 6
#define TASK(i) (FAKE_BASE + 0x1000 + 0x200 * (uint64_t)(i))
#define SIGNAL(i) (FAKE_BASE + 0x9000 + 0x40 * (uint64_t)(i))
#define STACK(i) (FAKE_BASE + 0x10000 + 0x4000 * (uint64_t)(i))
#define WAITER(i) (STACK(i) + 0x3e00)
#define LOCK (FAKE_BASE + 0xd000)

void lock_place_find(struct kernel *of, struct lock *lock)
{
	(void)of;
	lock->place.owner = (struct owner){.address = lock->address, .cpu = -1};
}

static uint64_t fake_mm; /* whose mmap_lock LOCK is, 0 for none */

uint64_t lock_place_mm(struct kernel *of, uint64_t address)
{
	(void)of;
	return address == LOCK ? fake_mm : 0;
}

static uint64_t fake_dead; /* a task_struct that is on no list, 0 for none */

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	static const struct slab_cache cache = {.name = "task_struct"};

	(void)of;
	*ret = (struct owner){.address = address, .cpu = -1};
	if (!fake_dead || address != fake_dead)
		return;
	ret->kind = OWNER_SLAB;
	ret->slab.slab.cache = &cache;
}

const char *owner_kind_name(enum owner_kind kind)
{
	(void)kind;
	return "hole";
}

void owner_format(const struct owner *owner, char *buf, size_t size)
{
	(void)owner;
	copy_string(buf, size, "nothing");
}

void owner_format_variable(const struct owner *owner, char *buf, size_t size)
{
	owner_format(owner, buf, size);
}

void owner_format_object(const struct owner *owner, char *buf, size_t size)
{
	owner_format(owner, buf, size);
}

const char *freelist_break_name(const struct freelist_break *broken)
{
	(void)broken;
	return "is whole";
}

static struct sleeper fake_sleepers_list[TASKS];
static struct sleepers fake_sleepers;
static struct kept_findings found;
static struct analysis facts;

#define FAKE_UNINTERRUPTIBLE 2

/* Tasks 1 … 5 of these types, all in state D; task 0 is init_task. */
static inline void put_tasks(void (*types)(struct btf_build *b, uint32_t i, uint32_t l))
{
	fake_open(types);
	fake_symbol("init_task", TASK(0));
	for (unsigned i = 0; i < TASKS; i++) {
		fake_task(TASK(i), (int)i, "task", TASK((i + 1) % TASKS),
			  TASK((i + TASKS - 1) % TASKS), SIGNAL(i));
		fake_u64(TASK(i) + T_STACK, STACK(i));
		fake_u32(TASK(i) + T_STATE, i ? FAKE_UNINTERRUPTIBLE : 0);
	}
	memset(fake_sleepers_list, 0, sizeof(fake_sleepers_list));
	fake_sleepers = (struct sleepers){.list = fake_sleepers_list};
	fake_mm = fake_dead = 0;
	kept_findings_init(&found);
	facts = (struct analysis){.kernel = &kernel, .findings = &found.findings};
}

/* Once what the tasks hold is written. */
static inline void open_tasks(void)
{
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	kernel.sleepers = &fake_sleepers;
}

/* In the order of pids: the list is one of ascending tasks. */
static inline struct sleeper *put_asleep(int pid, enum wait_kind kind, enum lock_mode mode)
{
	struct sleeper *sleeper = &fake_sleepers_list[fake_sleepers.count++];

	*sleeper = (struct sleeper){.task = tasks_by_pid(kernel.tasks, pid),
				    .kind = kind,
				    .mode = mode,
				    .what = "lock",
				    .sp = STACK(pid) + 0x3c00};
	return sleeper;
}

static inline void forget(void)
{
	analysis_deinit(&facts);
	kept_findings_deinit(&found);
	kept_findings_init(&found);
}

static inline void close_tasks(void)
{
	forget();
	tasks_close(kernel.tasks);
	fake_close();
}

/* What the analyzer finds now; what it found before is forgotten. False when it gave up on some. */
static inline bool run_again(const struct analyzer *analyzer)
{
	forget();
	return err_ok(analyzer->run(&facts));
}

/* The lock at this address among what was found. */
static inline const struct lock *lock_at(uint64_t address)
{
	for (size_t i = 0; i < facts.locks.count; i++)
		if (facts.locks.list[i]->address == address)
			return facts.locks.list[i];
	ck_abort_msg("no lock at %llx", (unsigned long long)address);
	return NULL;
}

static inline void put_party(char *text, size_t size, const struct task *task, enum lock_mode mode)
{
	const char *name = lock_mode_name(mode);
	size_t used = strlen(text);
	char number[16] = "?";

	if (task)
		snprintf(number, sizeof(number), "%d", task->pid);
	snprintf(text + used, size - used, "%s%s%.1s", used ? " " : "", number, name ? name : "");
}

/* "3w 1r 2": pids and modes; "?" for a missing one. */
static inline const char *holders_of(const struct lock *lock)
{
	static char text[256];

	text[0] = '\0';
	for (size_t i = 0; i < lock->holder_count; i++)
		put_party(text, sizeof(text), lock->holders[i].task, lock->holders[i].mode);
	return text;
}

static inline const char *waiters_of(const struct lock *lock)
{
	static char text[256];

	text[0] = '\0';
	for (size_t i = 0; i < lock->waiter_count; i++)
		put_party(text, sizeof(text), lock->waiters[i].task, lock->waiters[i].mode);
	return text;
}

static inline const char *note_of(const struct lock *lock)
{
	return lock->note.data ? lock->note.data : "";
}

static inline void link_nodes(uint64_t node, uint64_t next)
{
	fake_u64(node, next);
	fake_u64(next + 8, node);
}

#endif
