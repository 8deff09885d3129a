/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_FTRACE
#define TRIAGE_KERNEL_UNWIND_UNWIND_FTRACE

#include "kernel/kernel.h"

/*
 * For an address in a tracer's trampoline, the same place in the code that it is a copy of. False
 * when the address is in no trampoline.
 */
bool unwind_ftrace_origin(struct kernel *kernel, uint64_t address, uint64_t *ret);

#endif
