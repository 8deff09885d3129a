/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOG_SPIN
#define TRIAGE_LOCKS_LOG_SPIN

#include "analysis.h"

/* Put each lock that CPUs in the log spin for into the facts and the verdict. ERR_NOMEM. */
struct err *log_spin_report_all(struct analysis *analysis, const struct reports *reports);

#endif
