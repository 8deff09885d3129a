/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the unwind of a task starts. */
#include "kernel/unwind/unwind_task.h"

#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/unwind/cpu_regs.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwind.h"
#include "kernel/unwind/unwind_state.h"
#include "kernel/unwind/unwind_step.h"
#include "kernel/unwind/unwind_stopped.h"

/* The registers __switch_to_asm pushed. */
static struct err *inactive_regs(struct kernel *kernel, uint64_t sp, struct regs *ret)
{
	static const struct {
		enum member_id id;
		enum reg reg;
	} members[] = {
		{MEMBER_INACTIVE_R15, REG_R15},	     {MEMBER_INACTIVE_R14, REG_R14},
		{MEMBER_INACTIVE_R13, REG_R13},	     {MEMBER_INACTIVE_R12, REG_R12},
		{MEMBER_INACTIVE_BX, REG_RBX},	     {MEMBER_INACTIVE_BP, REG_RBP},
		{MEMBER_INACTIVE_RET_ADDR, REG_RIP},
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

/* Where a function goes on after its call of another: the address behind the call; 0: nowhere. */
static struct err *find_call(struct kernel *kernel, uint64_t function, uint64_t target,
			     uint64_t *ret)
{
	_free_ uint8_t *code = malloc(SCHEDULER_BYTES);

	*ret = 0;
	if (!code)
		return &err_nomem;
	if (!TRY_OK(memory_read(kernel->memory, function, code, SCHEDULER_BYTES)))
		return NULL;
	for (size_t i = 0; i + 5 <= SCHEDULER_BYTES; i++) {
		int32_t offset = (int32_t)load_u32(code + i + 1);
		uint64_t behind = function + i + 5;

		if (code[i] == 0xe8 && behind + (uint64_t)(int64_t)offset == target) {
			*ret = behind;
			return NULL;
		}
	}
	return NULL;
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
		    !symbols_find(kernel->symbols, "__switch_to", &target))
			continue;
		TRY(find_call(kernel, function, target, &rip));
		if (!rip)
			continue;
		TRY(err_wrap(memory_read_u64(kernel->memory, sp, &rbp), "saved frame pointer"));
		regs_set(ret, REG_RIP, rip);
		regs_set(ret, REG_RBP, rbp);
		regs_set(ret, REG_RSP, sp + 16);
		return NULL;
	}
	return err_new(ERR_NOT_FOUND, "the scheduler's switch of stacks cannot be found");
}

#define SEARCH_MAX 65536 /* bytes of a stack; kernel stacks are 8 to 32 KiB */

/* The switch frame whose return address stands at this place, if the stack unwinds from there. */
static struct err *try_switch_frame(struct kernel *kernel, uint64_t at, struct regs *ret,
				    unsigned *found)
{
	const struct member *address = members_get(kernel->members, MEMBER_INACTIVE_RET_ADDR);
	struct unwind_state state = {.kernel = kernel};
	unsigned frames;
	bool ends;

	if (!TRY_OK(inactive_regs(kernel, at - member_offset(address), &state.regs)))
		return NULL;
	stacks_find(kernel, state.regs.value[REG_RSP], &state.stack);
	TRY(unwind_step_reach(&state, &frames, &ends));
	if (ends) {
		*ret = state.regs;
		++*found;
	}
	return NULL;
}

/* Every switch frame on the task's stack that returns to an address. */
static struct err *try_switch_frames(struct kernel *kernel, const struct task *task, uint64_t rip,
				     struct regs *ret, unsigned *found)
{
	uint64_t end = task->stack + MIN(task->stack_size, SEARCH_MAX);

	for (uint64_t page = task->stack; page < end; page += PAGE_SIZE) {
		uint8_t words[PAGE_SIZE];

		if (!TRY_OK(memory_read(kernel->memory, page, words, sizeof(words))))
			continue;
		for (size_t i = 0; i + 8 <= sizeof(words); i += 8)
			if (load_u64(words + i) == rip)
				TRY(try_switch_frame(kernel, page + i, ret, found));
	}
	return NULL;
}

/*
 * makedumpfile on a kernel newer than itself keeps a task's stack but may drop the page of
 * task_struct with thread.sp. The frame __switch_to_asm left on the stack is still there: it
 * returns into __schedule(), and only from the right one does the stack unwind to its end. More
 * than one such place is no answer: *found says how many there are.
 */
static struct err *search_regs(struct kernel *kernel, const struct task *task, struct regs *ret,
			       unsigned *found)
{
	uint64_t schedule, target, rip;

	*found = 0;
	if (!members_has(kernel->members, MEMBER_INACTIVE_RET_ADDR) ||
	    kernel->unwinder->way == WAY_SCAN ||
	    !symbols_find(kernel->symbols, "__schedule", &schedule) ||
	    !symbols_find(kernel->symbols, "__switch_to_asm", &target))
		return NULL;
	TRY(find_call(kernel, schedule, target, &rip));
	return rip ? try_switch_frames(kernel, task, rip, ret, found) : NULL;
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
	return members_has(kernel->members, MEMBER_INACTIVE_RET_ADDR)
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
	trace->stale = true;
	trace->stopped =
		err_new(ERR_NOT_FOUND,
			"the dump has no registers of CPU %d: the stack is shown as it was "
			"when the task last slept",
			task->on_cpu);
}

/* By the registers of its CPU; where there are none, or another's, by where it can only be. */
static struct err *unwind_running(struct kernel *kernel, const struct task *task, struct trace *ret,
				  bool *done)
{
	struct unwind_state stopped;
	struct regs regs;
	bool known = cpu_regs_get(kernel, (unsigned)task->on_cpu, &regs), found = false;

	*done = true;
	if (known && cpu_regs_fit(kernel, (unsigned)task->on_cpu, &regs))
		return unwind_regs(kernel, &regs, ret);
	TRY(unwind_stopped_find(kernel, task, &stopped, &found));
	if (found) {
		TRY(unwind_from(&stopped, ret));
		if (ret->count && !stopped.exact)
			ret->frames[0].source = FOUND_RESUMED;
		return NULL;
	}
	*done = known;
	return known ? unwind_regs(kernel, &regs, ret) : NULL;
}

struct err *unwind_task(struct kernel *kernel, const struct task *task, struct trace *ret)
{
	struct unwind_state state = {.kernel = kernel};
	unsigned found = 0;

	*ret = (struct trace){0};
	if (task->on_cpu >= 0) {
		bool done;

		TRY(unwind_running(kernel, task, ret, &done));
		if (done)
			return NULL;
	}
	_err_ struct err *err = saved_regs(kernel, task, &state.regs);
	if (err == &err_nomem)
		return err;
	if (err && err->code == ERR_EXCLUDED && task->on_cpu < 0)
		TRY(search_regs(kernel, task, &state.regs, &found));
	if (err && found != 1) {
		ret->stopped = take_ptr(err);
		return NULL;
	}
	state.exact = is_newborn(kernel, &state.regs);
	TRY(unwind_from(&state, ret));
	if (found && ret->count)
		ret->frames[0].source = FOUND_RESUMED;
	if (task->on_cpu >= 0)
		mark_stale(task, ret);
	return NULL;
}
