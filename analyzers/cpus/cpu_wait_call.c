/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls between CPUs (kernel/smp.c): each CPU has a queue of those it has been sent. The caller's
 * struct stands on its stack, in its csd_data, or in what its cfd_data has for the CPU called.
 */
#include "cpus/cpu_wait.h"

#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"
#include "kernel/unwind/stacks.h"

#define CALLS_MAX 4096 /* in a queue */

static bool on_own_stack(struct kernel *kernel, const struct cpu_state *waiter, uint64_t call)
{
	struct stack stack;

	if (!stacks_find(kernel, call, &stack))
		return false;
	return stack.kind == STACK_TASK ? stack.task == waiter->task
					: stack.cpu == (int32_t)waiter->cpu;
}

/* csd_data: of a call that is not waited for, until the next one comes. */
static bool is_own_single(struct kernel *kernel, const struct cpu_state *waiter, uint64_t call)
{
	uint64_t single;

	return err_ok(percpu_symbol(kernel, "csd_data", waiter->cpu, &single)) && single == call;
}

/* cfd_data: for calls of many; one struct for each CPU called, in that CPU's area. */
static bool is_own_many(struct kernel *kernel, const struct cpu_state *waiter,
			const struct cpu_state *target, uint64_t call)
{
	const struct member *csd = members_get(kernel->members, MEMBER_CFD_PCPU_CSD);
	uint64_t cfd, many, address;

	return err_ok(percpu_symbol(kernel, "cfd_data", waiter->cpu, &cfd)) &&
	       err_ok(member_read(kernel, cfd, MEMBER_CFD_CSD, &many)) &&
	       err_ok(percpu_address(kernel->percpu, many, target->cpu, &address)) &&
	       address + (csd ? member_offset(csd) : 0) == call;
}

bool cpu_wait_call_pending(struct kernel *kernel, const struct cpu_state *waiter,
			   const struct cpu_state *target, uint64_t *function)
{
	const struct member *next = members_get(kernel->members, MEMBER_CSD_NEXT);
	_chain_walk_ struct chain_walk walk = {0};
	uint64_t queue, first;

	if (!next || !err_ok(percpu_symbol(kernel, "call_single_queue", target->cpu, &queue)) ||
	    !err_ok(memory_read_u64(kernel->memory, queue, &first)))
		return false;
	chain_walk_init(&walk, kernel, first, 0, CALLS_MAX);
	while (chain_walk_next(&walk)) {
		uint64_t call = walk.node - member_offset(next);

		if (on_own_stack(kernel, waiter, call) || is_own_single(kernel, waiter, call) ||
		    is_own_many(kernel, waiter, target, call))
			return err_ok(member_read(kernel, call, MEMBER_CSD_FUNC, function));
	}
	return false;
}
