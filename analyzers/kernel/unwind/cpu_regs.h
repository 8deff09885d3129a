/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_CPU_REGS
#define TRIAGE_KERNEL_UNWIND_CPU_REGS

#include "kernel/dump/regs.h"
#include "kernel/kernel.h"

/*
 * Which note of the dump belongs to each CPU, by CPU number (-1: none). Needs percpu, tasks and
 * stacks. The caller frees it.
 */
struct err *cpu_regs_find_notes(struct kernel *kernel, int32_t **ret);
/*
 * Registers of a CPU at its death, RIP and RSP at least: those of its note, or where these are missing
 * or on no stack of this CPU, those the CPU saved in memory. False when there are none.
 */
bool cpu_regs_get(struct kernel *kernel, unsigned cpu, struct regs *ret);
/* Whether they can be this CPU's: on a stack of its own or, where they are on none, in the kernel's code. */
bool cpu_regs_fit(struct kernel *kernel, unsigned cpu, const struct regs *regs);

#endif
