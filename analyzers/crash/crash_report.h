/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_REPORT
#define TRIAGE_CRASH_CRASH_REPORT

#include "crash/crash.h"
#include "log/report.h"

/*
 * Fill a crash of which memory tells nothing from its report in the log: kind, CPU, task, place,
 * registers, code, address. The report must outlive the crash. confidence and why are set.
 */
void crash_report_take(struct crash *crash, const struct report *report);

/* A WARN() that panicked names its task in the lines of the panic alone. */
void crash_report_complete(struct crash *crash, const struct reports *reports);

#endif
