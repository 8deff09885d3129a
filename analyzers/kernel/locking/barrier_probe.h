/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_BARRIER_PROBE
#define TRIAGE_KERNEL_LOCKING_BARRIER_PROBE

#include "kernel/kernel.h"
#include "kernel/types/types.h"

/*
 * Add where a wq_barrier has its completion, and a worker what it is to do, told by who waits for a work
 * item: kernels of one release differ in them, where work_struct keeps room for what may come.
 */
struct err *barrier_probe(struct kernel *kernel, struct type_provider *types);

#endif
