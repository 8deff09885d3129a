/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_STALL
#define TRIAGE_LOG_REPORT_STALL

#include "log/report_body.h"

/*
 * The lines of an RCU stall's report (kernel/rcu/tree_stall.h): which CPUs and tasks hold RCU up, who
 * noticed and after how long, and whether RCU's own thread got no CPU. False for any other line. The
 * line that announces it, old kernels' only one, may be given as well.
 */
bool report_stall_take(struct report_reader *reader, const char *line);

/*
 * How many seconds a stall of so many jiffies has lasted. HZ is not in the log, but a stall is reported
 * at its time-out and then each three of them: the HZ that fits the fewest repeats; 0 when none does.
 */
double report_stall_seconds(uint64_t jiffies);

/* "BUG: workqueue lockup": what runs in the pool that is stuck, and what waits behind it. */
bool report_workqueue_take(struct report_reader *reader, const char *line);

#endif
