/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_SHOW
#define TRIAGE_LOG_REPORT_SHOW

#include "log/report.h"

/* Keep the task or CPU of a hung task, a lockup or a trace that was asked for, and of which machine. */
void report_show(const struct report *report, struct shown *shown);

#endif
