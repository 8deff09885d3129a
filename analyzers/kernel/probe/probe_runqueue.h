/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_RUNQUEUE
#define TRIAGE_KERNEL_PROBE_PROBE_RUNQUEUE

#include "base/error.h"

struct sample;

/* Add rq.curr and rq.idle (kernel/sched/sched.h). Fails on out-of-memory alone. */
struct err *probe_runqueue(const struct sample *sample);

#endif
