/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_STOPPED
#define TRIAGE_KERNEL_UNWIND_UNWIND_STOPPED

#include "kernel/unwind/unwind_state.h"

/*
 * Where a CPU without registers stands: in a function that never returns, since whatever such a one calls
 * leaves an address in it behind; else where an NMI interrupted it that is not over. task is the one it runs.
 * *found is false when neither tells. The only error is ERR_NOMEM.
 */
struct err *unwind_stopped_find(struct kernel *kernel, const struct task *task,
				struct unwind_state *ret, bool *found);

#endif
