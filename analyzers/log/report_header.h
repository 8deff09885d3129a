/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_HEADER
#define TRIAGE_LOG_REPORT_HEADER

#include "log/report.h"

/* "CPU: 1 PID: 5 Comm: sh …", 2.6's "Pid: 5, comm: sh …" and "CPU 1": who a report is about. */
bool report_header_is(const char *text);
/* "4.14.90+ #8 Tainted: G           O", "6.1.0-56-amd64 #1 Not tainted": lockdep's. */
bool report_header_is_kernel(const char *text);
/* One of these, or "Hardware name:", "Workqueue:", "Process …". What is known stays. */
void report_header_read(const char *text, struct report *report);

#endif
