/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_PERCPU_H
#define TRIAGE_PERCPU_H

#include "base/error.h"

struct kernel;

/* Per-CPU areas: __per_cpu_offset[], cpu numbers present in the dead kernel. */
struct percpu;
struct err *percpu_open(struct kernel *kernel, struct percpu **ret);
void percpu_close(struct percpu *percpu);

unsigned percpu_cpus(const struct percpu *percpu); /* possible CPUs; ids are 0 … n-1 */
bool percpu_online(const struct percpu *percpu, unsigned cpu);
/* Address of a per-CPU variable (a symbol's value, or a pointer from alloc_percpu) on a CPU. */
struct err *percpu_address(const struct percpu *percpu, uint64_t variable, unsigned cpu,
			   uint64_t *ret);
struct err *percpu_symbol(struct kernel *kernel, const char *symbol, unsigned cpu, uint64_t *ret);
/* Reverse: the CPU and the per-CPU symbol a static per-CPU address belongs to. */
bool percpu_owner(struct kernel *kernel, uint64_t address, unsigned *cpu, uint64_t *variable);

#endif
