/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_HEADLESS
#define TRIAGE_LOG_REPORT_HEADLESS

#include "log/report.h"

/* Is nothing left of a report without its first lines: a mark of a context, a bare "Call Trace:"? */
bool report_headless_is_empty(const struct report *report);
/* Its kind and place, by its trace. */
void report_headless_finish(const struct log *log, struct report *report);

#endif
