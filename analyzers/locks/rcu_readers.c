/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks the lists of RCU's readers that sleep or were preempted. */
#include "locks/rcu_readers.h"

#include "base/hash.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"

#define READERS_MAX 10000 /* of one node */

struct search {
	struct kernel *kernel;
	void (*found)(void *context, const struct task *task);
	void *context;
};

/*
 * rcu_node.blkd_tasks: readers that gave up their CPU inside; the grace period waits for the one gp_tasks
 * points to and all behind it (kernel/rcu/tree.h).
 */
static void look_at_node(const struct search *search, uint64_t node)
{
	struct kernel *kernel = search->kernel;
	const struct member *list = members_get(kernel->members, MEMBER_RCU_NODE_BLOCKED);
	const struct member *entry = members_get(kernel->members, MEMBER_TASK_RCU_ENTRY);
	_list_walk_ struct list_walk walk = {0};
	bool reached = false;
	uint64_t first;

	if (!list || !entry ||
	    !err_ok(member_read(kernel, node, MEMBER_RCU_NODE_GP_TASKS, &first)) || !first)
		return;
	list_walk_init(&walk, kernel, node + member_offset(list), READERS_MAX);
	while (list_walk_next(&walk)) {
		reached |= walk.node == first;
		const struct task *task =
			tasks_find(kernel->tasks, walk.node - member_offset(entry));
		if (reached && task)
			search->found(search->context, task);
	}
}

void rcu_readers_each(struct kernel *kernel, void (*found)(void *context, const struct task *task),
		      void *context)
{
	static const char *const flavours[] = {"rcu_data", "rcu_preempt_data"};
	const struct search search = {kernel, found, context};
	_map_ struct map seen = {0};
	uint64_t data, node;

	for (unsigned cpu = 0; kernel->percpu && cpu < percpu_cpus(kernel->percpu); cpu++)
		for (size_t i = 0; i < ARRAY_SIZE(flavours); i++)
			if (err_ok(percpu_symbol(kernel, flavours[i], cpu, &data)) &&
			    err_ok(member_read(kernel, data, MEMBER_RCU_DATA_NODE, &node)) &&
			    map_add(&seen, node, 0))
				look_at_node(&search, node);
}
