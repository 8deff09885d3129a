/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a CPU stands whose registers nobody saved, by what is on its stacks. */
#include "kernel/unwind/unwind_stopped.h"

#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/unwind/unwind_read.h"
#include "kernel/unwind/unwind_scan.h"
#include "kernel/unwind/unwind_step.h"

#define HITS_MAX 512	/* return addresses looked at on one stack */
#define ENOUGH_FRAMES 3 /* below a place that is believed without an end in sight */

/* An address in one of these on a stack is of a call that is still going on. */
static bool never_returns(const struct kernel *kernel, uint64_t address)
{
	static const char *const functions[] = {
		"panic",
		"vpanic",
		"panic_smp_self_stop",
		"nmi_panic_self_stop",
		"stop_this_cpu",
		"crash_nmi_callback",
		"machine_kexec",
		"do_idle_play_dead",
		"kdump_nmi_callback",
	};
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, address - 1, &symbol))
		return false;
	symbol_name_strip_suffix(symbol.name);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(functions[i], symbol.name))
			return true;
	return false;
}

/* The state behind the call: what it called saved the frame pointer, if anybody did, below the address. */
static struct err *state_behind(const struct unwind_state *stack, const struct unwind_hit *hit,
				struct unwind_state *ret)
{
	uint64_t rbp;

	*ret = (struct unwind_state){.kernel = stack->kernel, .stack = stack->stack};
	regs_set(&ret->regs, REG_RIP, hit->value);
	regs_set(&ret->regs, REG_RSP, hit->slot + 8);
	if (TRY_OK(unwind_read_word(ret, hit->slot - 8, &rbp)) && rbp > hit->slot &&
	    rbp < ret->stack.high)
		regs_set(&ret->regs, REG_RBP, rbp);
	return NULL;
}

static struct err *search_stack(struct kernel *kernel, const struct stack *stack,
				struct unwind_state *ret, bool *found)
{
	struct unwind_state at = {.kernel = kernel, .stack = *stack};
	uint64_t next = stack->low;
	struct unwind_hit hit;

	for (unsigned i = 0; i < HITS_MAX && !*found; i++, next = hit.slot + 8) {
		unsigned frames;
		bool ends;

		if (!TRY_OK(unwind_scan_next(&at, next, &hit)))
			return NULL;
		if (!never_returns(kernel, hit.value))
			continue;
		TRY(state_behind(&at, &hit, ret));
		TRY(unwind_step_reach(ret, &frames, &ends));
		*found = ends || frames >= ENOUGH_FRAMES;
	}
	return NULL;
}

/*
 * The top of the NMI stack (entry_64.S: asm_exc_nmi): what the CPU pushed, a word of scratch, and one that is
 * 1 while the handler runs. In places of 8 bytes below the top.
 */
enum { NMI_SS = 1, NMI_RSP, NMI_FLAGS, NMI_CS, NMI_RIP, NMI_SCRATCH, NMI_RUNS };

static struct err *look_at_nmi(struct kernel *kernel, const struct stack *stack,
			       struct unwind_state *ret, bool *found)
{
	static const enum reg order[] = {
		[NMI_SS] = REG_SS, [NMI_RSP] = REG_RSP, [NMI_FLAGS] = REG_RFLAGS,
		[NMI_CS] = REG_CS, [NMI_RIP] = REG_RIP,
	};
	uint64_t value;

	if (strcmp(stack->name, "NMI") ||
	    !TRY_OK(memory_read_u64(kernel->memory, stack->high - NMI_RUNS * 8, &value)) ||
	    value != 1)
		return NULL;
	*ret = (struct unwind_state){.kernel = kernel, .exact = true};
	for (unsigned i = NMI_SS; i <= NMI_RIP; i++) {
		if (!TRY_OK(memory_read_u64(kernel->memory, stack->high - i * 8, &value)))
			return NULL;
		regs_set(&ret->regs, order[i], value);
	}
	*found = true;
	return NULL;
}

struct err *unwind_stopped_find(struct kernel *kernel, const struct task *task,
				struct unwind_state *ret, bool *found)
{
	struct stack stack = {.kind = STACK_TASK,
			      .low = task->stack,
			      .high = task->stack + task->stack_size,
			      .task = task,
			      .cpu = task->on_cpu};
	unsigned cpu = (unsigned)task->on_cpu;

	*found = false;
	if (task->stack)
		TRY(search_stack(kernel, &stack, ret, found));
	for (size_t at = 0; !*found && stacks_of_cpu(kernel, cpu, &at, &stack);)
		TRY(search_stack(kernel, &stack, ret, found));
	for (size_t at = 0; !*found && stacks_of_cpu(kernel, cpu, &at, &stack);)
		TRY(look_at_nmi(kernel, &stack, ret, found));
	return NULL;
}
