/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_LOCKUP
#define TRIAGE_LOG_REPORT_LOCKUP

#include "log/report.h"

/*
 * The lock that the CPU of a report spins for: the first argument of the function it spins in, which
 * RDI still holds there. 0 where it does not spin, or RDI is not known.
 */
uint64_t report_spins_for(const struct report *report);
/* Does its CPU wait, busy, for another CPU's answer? */
bool report_waits_for_cpu(const struct report *report);

#endif
