/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/parse.h"
#include "kernel/object.h"
#include "kernel/unwind_state.h"

/* Where the unwind of a task starts. */

/* The registers __switch_to_asm pushed. */
static struct err *inactive_regs(struct kernel *kernel, uint64_t sp, struct regs *ret)
{
	static const struct {
		enum layout_id id;
		enum reg reg;
	} members[] = {
		{LAYOUT_INACTIVE_R15, REG_R15}, {LAYOUT_INACTIVE_R14, REG_R14},
		{LAYOUT_INACTIVE_R13, REG_R13}, {LAYOUT_INACTIVE_R12, REG_R12},
		{LAYOUT_INACTIVE_BX, REG_RBX},	{LAYOUT_INACTIVE_BP, REG_RBP},
		{LAYOUT_INACTIVE_RET_ADDR, REG_RIP},
	};
	uint64_t size = type_size(types_find_struct(kernel->types, "inactive_task_frame"));
	uint8_t bytes[128];
	uint64_t value;

	if (size > sizeof(bytes))
		return err_new(ERR_CORRUPT, "struct inactive_task_frame is too large");
	TRY(err_wrap(memory_read(kernel->memory, sp, bytes, size), "inactive_task_frame"));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (member_get(kernel, bytes, size, members[i].id, &value))
			regs_set(ret, members[i].reg, value);
	regs_set(ret, REG_RSP, sp + size);
	return NULL;
}

#define SCHEDULER_BYTES 8192 /* of the function that switches */

/* Where a function goes on after its call of another: the address behind the call. */
static bool find_call(struct kernel *kernel, uint64_t function, uint64_t target, uint64_t *ret)
{
	_free_ uint8_t *code = malloc(SCHEDULER_BYTES);

	if (!code || !err_ok(memory_read(kernel->memory, function, code, SCHEDULER_BYTES)))
		return false;
	for (size_t i = 0; i + 5 <= SCHEDULER_BYTES; i++) {
		int32_t offset = (int32_t)load_u32(code + i + 1);

		*ret = function + i + 5;
		if (code[i] == 0xe8 && *ret + (uint64_t)(int64_t)offset == target)
			return true;
	}
	return false;
}

/*
 * Before v4.9 switch_to() was inline: it pushed flags and RBP and went on, when the task came back,
 * behind its call of __switch_to.
 */
static struct err *inline_switch_regs(struct kernel *kernel, uint64_t sp, struct regs *ret)
{
	static const char *const places[] = {"__schedule", "schedule"};
	uint64_t function, target, rip, rbp;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (!symbols_find(kernel->symbols, places[i], &function) ||
		    !symbols_find(kernel->symbols, "__switch_to", &target) ||
		    !find_call(kernel, function, target, &rip))
			continue;
		TRY(err_wrap(memory_read_u64(kernel->memory, sp, &rbp), "saved frame pointer"));
		regs_set(ret, REG_RIP, rip);
		regs_set(ret, REG_RBP, rbp);
		regs_set(ret, REG_RSP, sp + 16);
		return NULL;
	}
	return err_new(ERR_NOT_FOUND, "the scheduler's switch of stacks cannot be found");
}

/* A task that never ran yet "returns" to the start of ret_from_fork: behind no call. */
static bool is_newborn(struct kernel *kernel, const struct regs *regs)
{
	struct symbol symbol;

	return symbols_at(kernel->symbols, regs->value[REG_RIP], &symbol) &&
	       symbol.address == regs->value[REG_RIP];
}

static struct err *saved_regs(struct kernel *kernel, const struct task *task, struct regs *ret)
{
	struct stack stack;
	uint64_t sp;

	*ret = (struct regs){0};
	if (!task->stack)
		return err_new(ERR_NOT_FOUND, "the task has given its stack back");
	TRY(task_saved_sp(kernel, task, &sp));
	if (!stacks_find(kernel, sp, &stack))
		return err_at(ERR_CORRUPT, sp, "the saved stack pointer is on no stack");
	return layout_has(kernel->layout, LAYOUT_INACTIVE_RET_ADDR)
		       ? inactive_regs(kernel, sp, ret)
		       : inline_switch_regs(kernel, sp, ret);
}

/* A running task without registers: what it last left behind may long be overwritten. */
static void mark_stale(const struct task *task, struct trace *trace)
{
	for (size_t i = 0; i < trace->count; i++)
		trace->frames[i].source = FOUND_SCAN;
	err_free(trace->stopped);
	trace->complete = false;
	trace->stopped =
		err_new(ERR_NOT_FOUND,
			"the dump has no registers of CPU %d: the stack is shown as it was "
			"when the task last slept",
			task->on_cpu);
}

struct err *unwind_task(struct kernel *kernel, const struct task *task, struct trace *ret)
{
	struct unwind_state state = {.kernel = kernel};
	struct regs regs;

	*ret = (struct trace){0};
	if (task->on_cpu >= 0 && tasks_cpu_regs(kernel, (unsigned)task->on_cpu, &regs))
		return unwind_regs(kernel, &regs, ret);
	ret->stopped = saved_regs(kernel, task, &state.regs);
	if (ret->stopped)
		return NULL;
	state.exact = is_newborn(kernel, &state.regs);
	TRY(unwind_from(&state, ret));
	if (task->on_cpu >= 0)
		mark_stale(task, ret);
	return NULL;
}
