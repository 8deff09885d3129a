/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_STACKS
#define TRIAGE_KERNEL_UNWIND_STACKS

#include "kernel/tasks/task.h"

/*
 * Which kernel stack an address lies on. Besides its task's, a CPU has a stack for interrupts, some
 * for exceptions that must not trust the stack they interrupt (IST), and the small one of the entry
 * trampoline.
 */
enum stack_kind { STACK_NONE, STACK_TASK, STACK_IRQ, STACK_EXCEPTION, STACK_ENTRY };

struct stack {
	enum stack_kind kind;
	uint64_t low, high;	 /* [low, high) */
	const struct task *task; /* of a STACK_TASK */
	int32_t cpu;		 /* of the others; for STACK_TASK where it runs, else -1 */
	char name[8];		 /* "DF", "NMI" … where the kernel's types name it, else "" */
};

struct stacks;
/* Needs percpu and tasks. A CPU whose stacks cannot be read has none. */
struct err *stacks_open(struct kernel *kernel, struct stacks **ret);
void stacks_close(struct stacks *stacks);
/* False, with kind STACK_NONE, when the address is on no stack. */
bool stacks_find(const struct kernel *kernel, uint64_t address, struct stack *ret);
/* The stacks that belong to a CPU, one by one: *at begins at 0. False behind the last. */
bool stacks_of_cpu(const struct kernel *kernel, unsigned cpu, size_t *at, struct stack *ret);
const char *stacks_kind_name(enum stack_kind kind); /* "task", "irq", … */

#endif
