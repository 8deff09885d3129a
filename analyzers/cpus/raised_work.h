/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CPUS_RAISED_WORK
#define TRIAGE_CPUS_RAISED_WORK

#include "cpus/cpu_state.h"

/*
 * The function of irq work (kernel/irq_work.c) that was raised on a CPU and has not run yet, where its own code
 * raises irq work again: each time it has run, the interrupt comes anew. False: there is none.
 */
bool raised_work_find(struct kernel *kernel, unsigned cpu, struct report_place *ret);

#endif
