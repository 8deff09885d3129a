/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_PERCPU_PROBE
#define TRIAGE_KERNEL_LOCKING_PERCPU_PROBE

#include "kernel/kernel.h"
#include "kernel/types/types.h"

/*
 * Add how a percpu_rw_semaphore with an rwsem inside, until v5.6, is laid out, told by a writer that waits for
 * readers to leave. Nothing where nobody does, or where two of them tell different things.
 */
struct err *percpu_probe(struct kernel *kernel, struct type_provider *types);

#endif
