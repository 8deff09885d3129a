/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_SWITCH
#define TRIAGE_KERNEL_PROBE_PROBE_SWITCH

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add task_struct.thread.sp and struct inactive_task_frame by the code that switches stacks:
 * __switch_to_asm() (0100301bfdf5 v4.9), switch_to() within the scheduler before. Fails on
 * out-of-memory alone.
 */
struct err *probe_switch(struct kernel *kernel, struct type_provider *types);

#endif
