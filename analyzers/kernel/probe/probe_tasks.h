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
/*
 * rt_priority: prio, static_prio, normal_prio, rt_priority stand side by side. Needs prio, which code tells.
 * Fails on out-of-memory alone.
 */
struct err *probe_priority(const struct sample *sample);

#endif
