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
/* Registers of a CPU at its death, RIP and RSP at least; false when the dump has none. */
bool cpu_regs_get(struct kernel *kernel, unsigned cpu, struct regs *ret);

#endif
