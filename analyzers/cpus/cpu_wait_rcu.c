/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RCU (kernel/rcu/tree.c): a grace period ends when every CPU has been seen outside of readers; each
 * that has not still has its bit in the mask of its leaf. One flavour since v4.20; before, that of
 * the scheduler is asked, which CPUs that don't schedule hold up.
 */
#include "cpus/cpu_wait.h"

#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"

bool cpu_wait_rcu_pending(struct kernel *kernel, const struct cpu_state *target)
{
	static const char *const flavours[] = {"rcu_data", "rcu_sched_data"};
	uint64_t data, node, bit, mask;

	for (size_t i = 0; i < ARRAY_SIZE(flavours); i++)
		if (err_ok(percpu_symbol(kernel, flavours[i], target->cpu, &data)))
			return err_ok(member_read(kernel, data, MEMBER_RCU_DATA_NODE, &node)) &&
			       err_ok(member_read(kernel, data, MEMBER_RCU_DATA_BIT, &bit)) &&
			       err_ok(member_read(kernel, node, MEMBER_RCU_NODE_MASK, &mask)) &&
			       mask & bit;
	return false;
}
