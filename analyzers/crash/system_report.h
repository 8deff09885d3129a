/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_SYSTEM_REPORT
#define TRIAGE_CRASH_SYSTEM_REPORT

#include "json.h"
#include "log/report.h"

/* Add to the section "system" what memory did not tell and the log's reports and prefixes do. */
void system_report_put(json_t *system, const struct log *log, const struct reports *reports);

#endif
