/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each process has in memory, by its mm: counted once, whatever number of threads shares it. */
#include "base/hash.h"
#include "kernel/mm/mm_counters.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"

/* include/linux/mm_types_task.h; shared memory is counted apart since eca56ff906bd v4.5. */
enum { COUNT_FILE, COUNT_ANON, COUNT_SWAP, COUNT_SHMEM };

/*
 * percpu_counters since f1a7941243c1 v6.2, before atomics, which threads may be some pages ahead
 * of.
 */
static uint64_t read_count(struct kernel *kernel, uint64_t mm, unsigned index)
{
	const struct member *counts = members_get(kernel->members, MEMBER_MM_RSS);
	uint64_t size, at, pages;

	if (!counts || counts->type.kind != TYPE_ARRAY || index >= type_count(counts->type))
		return 0;
	size = type_size(type_target(counts->type));
	at = mm + member_offset(counts) + index * size;
	if (size > 8)
		return mm_percpu_counter(kernel, at, &pages) ? pages : 0;
	if (!err_ok(memory_read_u64(kernel->memory, at, &pages)) || (int64_t)pages < 0)
		return 0;
	return pages;
}

/* In bytes since af5b0f6a09e4 v4.15; before, the pages of the lowest level alone. */
static uint64_t read_tables(struct kernel *kernel, uint64_t mm)
{
	uint64_t value;

	if (err_ok(member_read(kernel, mm, MEMBER_MM_TABLE_BYTES, &value)))
		return value / PAGE_SIZE;
	return err_ok(member_read(kernel, mm, MEMBER_MM_TABLES, &value)) ? value : 0;
}

static void read_process(struct kernel *kernel, const struct task *task, struct usage *usage)
{
	struct usage_process process = {
		.task = task,
		.anon = read_count(kernel, task->mm, COUNT_ANON),
		.tables = read_tables(kernel, task->mm),
	};
	int at;

	process.own = process.anon + process.tables;
	if (process.own > usage->total)
		return;
	at = usage_top_place(usage->processes, sizeof(process), &usage->process_count,
			     offsetof(struct usage_process, own), process.own);
	if (at < 0)
		return;
	process.file = read_count(kernel, task->mm, COUNT_FILE);
	process.shmem = read_count(kernel, task->mm, COUNT_SHMEM);
	process.swap = read_count(kernel, task->mm, COUNT_SWAP);
	usage->processes[at] = process;
}

struct err *usage_read_processes(struct kernel *kernel, struct usage *usage)
{
	_map_ struct map seen = {0};

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (!task->mm || task->kthread || map_get(&seen, task->mm))
			continue;
		if (!map_add(&seen, task->mm, 0))
			return &err_nomem;
		read_process(kernel, task, usage);
	}
	return NULL;
}
