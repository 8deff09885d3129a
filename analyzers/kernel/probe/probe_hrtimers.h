/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_HRTIMERS
#define TRIAGE_KERNEL_PROBE_PROBE_HRTIMERS

#include "base/error.h"

struct kernel;
struct type_provider;

/* hrtimer_cpu_base.clock_base: clocks that each lead back to their CPU's base, and are numbered. */
struct err *probe_hrtimers(struct kernel *kernel, struct type_provider *types);

#endif
