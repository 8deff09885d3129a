/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_FTRACE
#define TRIAGE_KERNEL_UNWIND_UNWIND_FTRACE

#include "kernel/kernel.h"

/* The code that a tracer's trampoline is a copy of: the place an address in the copy stands for. */
bool unwind_ftrace_origin(struct kernel *kernel, uint64_t address, uint64_t *ret);

#endif
