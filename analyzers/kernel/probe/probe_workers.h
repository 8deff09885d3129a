/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_WORKERS
#define TRIAGE_KERNEL_PROBE_PROBE_WORKERS

#include "kernel/probe/probe_sample.h"

/*
 * Add how a kworker's task leads to its struct worker: task_struct.worker_private, as it is called whatever
 * its name was before e32cf5dfbe22 v5.17, and struct kthread.data; and what the worker does (kernel/workqueue_internal.h). Needs
 * worker.task by the kernel's code. Fails on out-of-memory alone.
 */
struct err *probe_workers(const struct sample *sample);

#endif
