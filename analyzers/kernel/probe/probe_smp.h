/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_SMP
#define TRIAGE_KERNEL_PROBE_PROBE_SMP

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add what CPUs wait for one another with: queue nodes of spinlocks (kernel/locking/mcs_spinlock.h), by the
 * size of the array, and calls (kernel/smp.c), by the functions that are called. Fails on out-of-memory
 * alone.
 */
struct err *probe_smp(struct kernel *kernel, struct type_provider *types);

#endif
