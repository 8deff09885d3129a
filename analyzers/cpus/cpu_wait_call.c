/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls between CPUs (kernel/smp.c): each CPU has a queue of those it has been sent. The caller's
 * struct stands on its stack, in its csd_data, or in what its cfd_data has for the CPU called.
 */
#include "cpus/cpu_wait.h"

#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
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

/* What the CPU was called to: the function that its queue's has called. */
static bool called_function(struct kernel *kernel, const struct cpu_state *target, uint64_t *ret)
{
	for (size_t i = target->at + 1; i < target->trace.count; i++) {
		struct report_place place;
		struct symbol symbol;

		if (target->trace.frames[i].kind == FRAME_IRQ)
			return false;
		if (!cpu_state_function(kernel, target, i, &place) ||
		    !strstr(place.symbol, "flush_smp_call_function_queue") ||
		    !symbols_at(kernel->symbols, frame_lookup_address(&target->trace.frames[i - 1]),
				&symbol))
			continue;
		*ret = symbol.address;
		return true;
	}
	return false;
}

#define WAIT_FRAMES 4	/* from where it was stopped to who asked */
#define STACK_WORDS 256 /* of theirs */

bool cpu_wait_call_running(struct kernel *kernel, const struct cpu_state *waiter,
			   const struct cpu_state *target, uint64_t *function)
{
	const struct frame *frames = waiter->trace.frames;
	size_t last = MIN(waiter->at + WAIT_FRAMES, waiter->trace.count - 1);
	uint64_t at = frames[waiter->at].sp & ~7ull, word;

	if (!called_function(kernel, target, function))
		return false;
	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
		if (regs_known(&frames[waiter->at].regs, reg) &&
		    frames[waiter->at].regs.value[reg] == *function)
			return true;
	for (unsigned i = 0; i < STACK_WORDS && at < frames[last].sp; i++, at += 8)
		if (err_ok(memory_read_u64(kernel->memory, at, &word)) && word == *function)
			return true;
	return false;
}
