/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a lock's owner word names, among the living and the dead. */
#include "locks/owner_task.h"

#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/tasks/tasks.h"

#define TASK_CACHE "task_struct" /* fork_init(), kernel/fork.c */
#define TASK_ALIGN 64		 /* L1_CACHE_BYTES, as fork_init() has it */

/*
 * A whole object of the cache that tasks come from, used or free: no list knows it, so it is dead. Or a
 * free page, aligned as a task would be there: nobody lives in those.
 */
static bool was_task(struct kernel *kernel, uint64_t address)
{
	struct owner owner;

	owner_find(kernel, address, &owner);
	if (owner.kind == OWNER_PAGE)
		return owner.page == PAGE_USE_BUDDY && !(address % TASK_ALIGN);
	return owner.kind == OWNER_SLAB && !owner.offset &&
	       !strcmp(owner.slab.slab.cache->name, TASK_CACHE);
}

const struct task *owner_task(struct kernel *kernel, uint64_t word, uint64_t flags)
{
	uint64_t address = word & ~flags;
	const struct task *task = tasks_find(kernel->tasks, address);

	if (task || !address || !memory_is_kernel(kernel->memory, address) ||
	    !was_task(kernel, address))
		return task;
	/* What memory cannot be had for is no task; base/alloc.h knows of it. */
	return err_ok(tasks_dead(kernel, address, &task)) ? task : NULL;
}
