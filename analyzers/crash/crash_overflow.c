/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks that ran over, by where the stack pointer is beside the task's stack. */
#include "crash/crash_overflow.h"

#include "crash/crash_stack_end.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/task.h"
#include "kernel/insn/code.h"
#include "kernel/unwind/stacks.h"

/* An overflow runs into the guard page, which lies just below the task's stack. */
static bool hit_guard(const struct crash *crash)
{
	uint64_t sp = crash->regs.value[REG_RSP];
	uint64_t stack = crash->task ? crash->task->stack : 0;

	return stack && regs_known(&crash->regs, REG_RSP) && sp < stack + 256 &&
	       sp + PAGE_SIZE >= stack;
}

#define OVERRUN_MAX (1u << 20) /* how far below its stack an overflow is believed to have got */

/*
 * Without guard pages (VMAP_STACK, ba14a194a434 v4.9) an overflow goes on into whatever lies below, and
 * what it breaks there faults: the stack pointer and the lost mark at the stack's end tell.
 */
static bool ran_below(const struct crash *crash)
{
	uint64_t sp = crash->regs.value[REG_RSP];
	uint64_t stack = crash->task ? crash->task->stack : 0;

	return stack && regs_known(&crash->regs, REG_RSP) && sp < stack &&
	       stack - sp <= OVERRUN_MAX && crash_stack_end_is_lost(crash->kernel, crash->task);
}

/* A frame that is larger than what is left of the stack leads past the guard page, without meeting it. */
static bool leapt_below(const struct crash *crash)
{
	uint64_t sp = crash->regs.value[REG_RSP], stack = crash->task ? crash->task->stack : 0;
	uint64_t phys;

	return crash->kind == CRASH_DOUBLE_FAULT && stack && regs_known(&crash->regs, REG_RSP) &&
	       sp < stack && stack - sp <= OVERRUN_MAX &&
	       !err_ok(memory_translate(crash->kernel->memory, sp, &phys));
}

const char *crash_overflow_find(const struct crash *crash, double *confidence)
{
	bool may_be = crash->kind == CRASH_DOUBLE_FAULT || crash->kind == CRASH_PAGE_FAULT ||
		      crash->kind == CRASH_UNKNOWN;

	if (may_be && hit_guard(crash)) {
		*confidence = 1.0;
		return "the stack pointer is at the end of the task's stack";
	}
	if (leapt_below(crash)) {
		*confidence = 0.95;
		return "the stack pointer is below the task's stack, where nothing is mapped";
	}
	*confidence = 0.9;
	return ran_below(crash) ? "the stack pointer is below the task's stack, whose end mark is "
				  "overwritten"
				: NULL;
}

#define BELOW_WORDS 512u /* of what lies below a stack, where its frames would have gone on */
#define RETURNS_MIN 4u	 /* of a function to itself: a recursion's */

/* The address that calls returned to most, below the stack: 0 where none did so often. */
static uint64_t recursion_below(struct kernel *kernel, uint64_t stack)
{
	uint64_t words[BELOW_WORDS], most = 0;
	unsigned best = RETURNS_MIN - 1;

	if (!err_ok(memory_read(kernel->memory, stack - sizeof(words), words, sizeof(words))))
		return 0;
	for (size_t i = 0; i < BELOW_WORDS; i++) {
		unsigned count = 0;

		if (words[i] == most || !code_is_text(kernel, words[i]))
			continue;
		for (size_t j = i; j < BELOW_WORDS; j++)
			count += words[j] == words[i];
		most = count > best ? words[i] : most;
		best = MAX(best, count);
	}
	return most;
}

const char *crash_overflow_goes_on(const struct crash *crash, uint64_t *caller)
{
	const struct regs *regs = crash->trace.count ? &crash->trace.frames[0].regs : NULL;
	uint64_t stack = crash->task ? crash->task->stack : 0;
	struct stack found;

	if (!stack || !regs || !regs_known(regs, REG_RSP))
		return NULL;
	uint64_t sp = regs->value[REG_RSP];
	/* It may have got as far as to where there is no memory, and nothing keeps what is written. */
	if (sp >= stack || sp < memory_page_offset(crash->kernel->memory) ||
	    stacks_find(crash->kernel, sp, &found))
		return NULL;
	*caller = recursion_below(crash->kernel, stack);
	return *caller ? "the CPU's stack pointer is below its task's stack, and below that are a "
			 "recursion's frames"
		       : NULL;
}

#define STACK_MAX 0x8000 /* bytes of a stack, with KASAN */

bool crash_overflow_is_access(const struct crash *crash)
{
	uint64_t stack = crash->task ? crash->task->stack : 0;
	uint64_t depth = crash->regs.value[REG_RSP] - stack;

	return crash->exception && stack && regs_known(&crash->regs, REG_RSP) &&
	       depth > PAGE_SIZE && depth < STACK_MAX;
}
