/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which return addresses tracers took out of their places on the stack. */
#include "kernel/unwind/unwind_return.h"

#include "base/parse.h"
#include "kernel/insn/code.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"

/*
 * Where the right address is kept: by the function graph tracer on a stack beside the task's, by
 * kretprobes and rethooks on a list. Both note the slot it was taken from.
 */
#define HOOKS_MAX 512	    /* nodes of one task's list */
#define RET_STACK_SIZE 4096 /* SHADOW_STACK_SIZE; before v6.11 50 entries */

void unwind_return_find_hooks(struct kernel *kernel, uint64_t hooks[RETURN_HOOKS])
{
	static const char *const names[RETURN_HOOKS] = {
		"return_to_handler",	   /* the function graph tracer */
		"arch_rethook_trampoline", /* f3a112c0c40d v5.18 */
		"__kretprobe_trampoline",  /* adf8a61a940c v5.16 */
		"kretprobe_trampoline",
	};

	for (size_t i = 0; i < RETURN_HOOKS; i++)
		if (!symbols_find(kernel->symbols, names[i], &hooks[i]))
			hooks[i] = 0;
}

bool unwind_return_is_hook(const struct unwinder *unwinder, uint64_t address)
{
	for (size_t i = 0; i < RETURN_HOOKS; i++)
		if (address && address == unwinder->return_hooks[i])
			return true;
	return false;
}

static const struct task *traced_task(const struct unwind_state *state)
{
	if (state->stack.task)
		return state->stack.task;
	return state->stack.cpu >= 0
		       ? tasks_on_cpu(state->kernel->tasks, (unsigned)state->stack.cpu)
		       : NULL;
}

/*
 * An array of struct ftrace_ret_stack, or since v6.11 a stack of words with such
 * structures among others: in both the entry is where the slot's address stands.
 */
static bool graph_return(const struct unwind_state *state, const struct task *task, uint64_t slot,
			 uint64_t *ret)
{
	struct kernel *kernel = state->kernel;
	const struct member *saved = members_get(kernel->members, MEMBER_RET_STACK_RET);
	const struct member *where = members_get(kernel->members, MEMBER_RET_STACK_SLOT);
	uint8_t raw[RET_STACK_SIZE];
	uint64_t stack;

	if (!saved || !where ||
	    !err_ok(member_read(kernel, task->address, MEMBER_TASK_RET_STACK, &stack)) || !stack ||
	    !err_ok(memory_read(kernel->memory, stack, raw, sizeof(raw))))
		return false;
	for (size_t at = 0; at + 8 <= sizeof(raw); at += 8) {
		uint64_t ret_at = at - member_offset(where) + member_offset(saved);

		if (load_u64(raw + at) != slot || ret_at > sizeof(raw) - 8)
			continue;
		*ret = load_u64(raw + ret_at);
		if (code_is_text(kernel, *ret))
			return true;
	}
	return false;
}

struct hook_list {
	enum member_id head, node, ret, slot;
};

static bool hooked_return(const struct unwind_state *state, const struct task *task,
			  const struct hook_list *list, uint64_t slot, uint64_t *ret)
{
	struct kernel *kernel = state->kernel;
	const struct member *node = members_get(kernel->members, list->node);
	_chain_walk_ struct chain_walk walk = {.kernel = NULL};
	uint64_t first, where;

	if (!node || !err_ok(member_read(kernel, task->address, list->head, &first)))
		return false;
	chain_walk_init(&walk, kernel, first, 0, HOOKS_MAX);
	while (chain_walk_next(&walk)) {
		uint64_t hook = walk.node - member_offset(node);

		if (err_ok(member_read(kernel, hook, list->slot, &where)) && where == slot &&
		    err_ok(member_read(kernel, hook, list->ret, ret)) && code_is_text(kernel, *ret))
			return true;
	}
	return false;
}

bool unwind_return_real(const struct unwind_state *state, uint64_t slot, uint64_t *address)
{
	static const struct hook_list lists[] = {
		{MEMBER_TASK_RETHOOKS, MEMBER_RETHOOK_NODE, MEMBER_RETHOOK_RET,
		 MEMBER_RETHOOK_SLOT},
		{MEMBER_TASK_KRETPROBES, MEMBER_KRETPROBE_NODE, MEMBER_KRETPROBE_RET,
		 MEMBER_KRETPROBE_SLOT},
	};
	const struct task *task = traced_task(state);

	if (!task)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (hooked_return(state, task, &lists[i], slot, address))
			return true;
	return graph_return(state, task, slot, address);
}
