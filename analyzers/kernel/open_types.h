/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_OPEN_TYPES
#define TRIAGE_KERNEL_OPEN_TYPES

#include "kernel/kernel.h"
#include "kernel/open_options.h"

/*
 * The step of types: BTF of the dump, else DWARF of the vmlinux at hand, else a profile of this build,
 * else what can be found by probing. What is lacking is recorded in degraded.
 */
void open_types(struct kernel *kernel, const struct kernel_options *options);

#endif
