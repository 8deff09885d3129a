/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_VICTIM
#define TRIAGE_LOG_REPORT_VICTIM

#include "log/report.h"

/*
 * Lockups and stalls are often reported by somebody else than the CPU or task that is stuck, whose own
 * registers and trace the kernel has shown behind the report: "NMI backtrace for cpu 4", "Task dump for
 * CPU 4", a task's line.
 */

/* Leave out of a report's own trace the interrupt or NMI that noticed; what it came upon is the place. */
void report_trim_noticer(struct report *report);
/* Leave out of it the code that printed the trace, down to the place itself. */
void report_trim_machinery(struct report *report);
/* Is the shown CPU or task the one that this report, printed before, is about? */
bool report_awaits(const struct report *report, const struct report *shown);
/* Take task, registers and trace of the one shown, whose stacks go to the report. ERR_NOMEM. */
struct err *report_take_victim(struct report *report, struct report *shown);

#endif
