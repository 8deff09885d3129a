/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWINDER
#define TRIAGE_KERNEL_UNWIND_UNWINDER

#include "kernel/kernel.h"

struct unwinder;
/*
 * Needs tasks and stacks. Takes the best way this kernel was built for; there is always one. When
 * that is the scan, *why is the reason, owned by the caller; else NULL.
 */
struct err *unwinder_open(struct kernel *kernel, struct unwinder **ret, struct err **why);
void unwinder_close(struct unwinder *unwinder);

#endif
