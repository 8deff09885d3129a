/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_PERCPU
#define TRIAGE_KERNEL_TASKS_PERCPU

#include "base/error.h"

struct kernel;

/*
 * Per-CPU areas (arch/x86/kernel/setup_percpu.c: __per_cpu_offset[]) and which CPUs the dead
 * kernel had. A kernel without CONFIG_SMP has one area, which is the image itself.
 */
struct percpu;
#define PERCPU_MAX 8192 /* CONFIG_NR_CPUS goes no further on x86-64 */

struct err *percpu_open(struct kernel *kernel, struct percpu **ret);
void percpu_close(struct percpu *percpu);

/* Ids are 0 … n-1 (nr_cpu_ids). Some between may be no CPU: percpu_address() says so. */
unsigned percpu_cpus(const struct percpu *percpu);
/* False too where the mask could not be read. */
bool percpu_online(const struct percpu *percpu, unsigned cpu);
/*
 * Address of a per-CPU variable (a symbol's value, or a pointer from alloc_percpu) on a CPU.
 * ERR_NOT_FOUND for a CPU that has no area.
 */
struct err *percpu_address(const struct percpu *percpu, uint64_t variable, unsigned cpu,
			   uint64_t *ret);
struct err *percpu_symbol(struct kernel *kernel, const char *symbol, unsigned cpu, uint64_t *ret);
/* The reverse, for a static per-CPU variable: whose it is, and the symbol's value. */
bool percpu_owner(struct kernel *kernel, uint64_t address, unsigned *cpu, uint64_t *variable);
/*
 * The same for the rest of a CPU's unit in the first chunk, where modules' variables and those of
 * alloc_percpu() follow the static ones; *unit is where it begins. Ask only for reserved pages: the
 * end of a unit may have been given back to the page allocator.
 */
bool percpu_unit(struct kernel *kernel, uint64_t address, unsigned *cpu, uint64_t *unit);

#endif
