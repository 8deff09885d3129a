/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_THAW_PROBE
#define TRIAGE_KERNEL_LOCKING_THAW_PROBE

#include "kernel/kernel.h"
#include "kernel/types/types.h"

/*
 * Add where a super_block (include/linux/fs.h) keeps the queue of those who wait until it is thawed, and how far
 * its freeze is, told by who waits there. Nothing where nobody does, or where two of them tell different things.
 */
struct err *thaw_probe(struct kernel *kernel, struct type_provider *types);

#endif
