/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_RUNQUEUE
#define TRIAGE_KERNEL_PROBE_PROBE_RUNQUEUE

#include "base/error.h"

struct sample;

/* Add rq.curr and rq.idle (kernel/sched/sched.h). Fails on out-of-memory alone. */
struct err *probe_runqueue(const struct sample *sample);
/* Add thread_info.cpu, where thread_info lies on the stack. Fails on out-of-memory alone. */
struct err *probe_thread_info(const struct sample *sample);
/* Add pcpu_hot.hardirq_stack_ptr (d7b6d709a76a v6.2, gone in v6.15). Fails on out-of-memory alone. */
struct err *probe_irq_stack(const struct sample *sample);

#endif
