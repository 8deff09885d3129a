/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_STOPPER
#define TRIAGE_KERNEL_PROBE_PROBE_STOPPER

#include "kernel/probe/probe_sample.h"

/*
 * Add cpu_stopper.thread and works (kernel/stop_machine.c): a CPU's migration thread, and a list. Fails on
 * out-of-memory alone.
 */
struct err *probe_stopper(const struct sample *sample);

#endif
