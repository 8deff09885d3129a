/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many small processes, or kernel threads, of one name: what the kernel keeps for each is as much as it has itself. */
#include <string.h>

#include "base/str.h"
#include "kernel/tasks/tasks.h"
#include "memory/usage_read.h"

#define CROWD_MIN 200 /* processes */

/* What the kernel allocates for each process, of the caches that are large. */
static uint64_t slab_pages(const struct usage *usage)
{
	static const char *const caches[] = {
		"task_struct",	  "sighand_cache", "signal_cache",   "mm_struct", "files_cache",
		"vm_area_struct", "anon_vma",	   "anon_vma_chain", "cred_jar",  "pid",
		"fs_cache",	  "maple_node",	   "thread_stack"};
	uint64_t pages = 0;

	for (size_t i = 0; i < usage->slab_count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(caches); j++)
			if (!strcmp(usage->slabs[i].cache->name, caches[j]))
				pages += usage->slabs[i].pages;
	return pages;
}

/* A thread that leads a process of user space, or a kernel thread; NULL for others. */
static const struct task *member_at(const struct kernel *kernel, const struct usage_crowd *crowd,
				    size_t i)
{
	const struct task *task = tasks_at(kernel->tasks, i);
	bool process = task->mm && !task->kthread && task->pid == task->tgid;

	return (crowd->kthreads ? task->kthread : process) ? task : NULL;
}

/* A name that more than half of all have is the one left over when unlike ones cancel out. */
static void choose_name(const struct kernel *kernel, struct usage_crowd *crowd)
{
	uint64_t lead = 0;

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = member_at(kernel, crowd, i);

		if (!task)
			continue;
		crowd->all++;
		if (!lead)
			copy_string(crowd->comm, sizeof(crowd->comm), task->comm);
		lead = strcmp(crowd->comm, task->comm) ? lead - 1 : lead + 1;
	}
}

/* What programs have, but for the large ones of other names. */
static uint64_t program_pages(const struct usage *usage)
{
	uint64_t pages = usage->pages[USAGE_ANON] + usage->pages[USAGE_TABLES];

	for (size_t i = 0; i < usage->process_count; i++)
		if (strcmp(usage->processes[i].task->comm, usage->crowd.comm) != 0)
			pages -= MIN(pages, usage->processes[i].own);
	return pages;
}

static void read_crowd(struct kernel *kernel, bool kthreads, struct usage *usage)
{
	struct usage_crowd *crowd = &usage->crowd;

	*crowd = (struct usage_crowd){.kthreads = kthreads};
	choose_name(kernel, crowd);
	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = member_at(kernel, crowd, i);

		crowd->processes += task && !strcmp(crowd->comm, task->comm);
	}
	if (crowd->processes >= CROWD_MIN && 2 * crowd->processes > crowd->all)
		crowd->pages = ((kthreads ? 0 : program_pages(usage)) + usage->pages[USAGE_STACKS] +
				slab_pages(usage)) *
			       crowd->processes / crowd->all;
}

void usage_read_crowd(struct kernel *kernel, struct usage *usage)
{
	read_crowd(kernel, false, usage);
	if (!usage->crowd.pages)
		read_crowd(kernel, true, usage);
}
