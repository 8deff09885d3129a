/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_STUCK_TICKS
#define TRIAGE_STUCK_TICKS

#include "kernel/kernel.h"

/*
 * Seconds since a variable was set to jiffies (include/linux/jiffies.h); 0 when it is not known, or lies
 * ahead. How many ticks make a second is no part of a dump: of the usual rates it is the one by which
 * the ticks since boot agree with the runqueues' clocks.
 */
double ticks_since(struct kernel *kernel, uint64_t jiffies);

#endif
