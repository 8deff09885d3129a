/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_TASKS
#define TRIAGE_KERNEL_PROBE_PROBE_TASKS

#include "kernel/probe/probe_sample.h"

/*
 * Add the members of task_struct, signal_struct and thread_union (include/linux/sched.h,
 * include/linux/sched/signal.h) that the sample tells. Fails on out-of-memory, and where not even
 * pids can be told from other numbers.
 */
struct err *probe_tasks(struct sample *sample);

#endif
