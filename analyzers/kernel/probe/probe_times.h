/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_TIMES
#define TRIAGE_KERNEL_PROBE_PROBE_TIMES

#include "kernel/probe/probe_sample.h"

/*
 * Add task_struct.start_time; and sched_info (include/linux/sched.h): in front of the list of tasks, numbers of which
 * two are times that no CPU's clock has passed. Needs rq.clock by the kernel's code. Fails on out-of-memory alone.
 */
struct err *probe_times(const struct sample *sample);

#endif
