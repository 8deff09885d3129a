/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOG_LOCK
#define TRIAGE_LOCKS_LOG_LOCK

#include "analysis.h"
#include "log/report_shown.h"

/* Put each lock and event that tasks in the log sleep for into the facts and the verdict. ERR_NOMEM. */
struct err *log_lock_report_all(struct analysis *analysis, const struct shown *shown);

#endif
