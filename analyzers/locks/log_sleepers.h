/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOG_SLEEPERS
#define TRIAGE_LOCKS_LOG_SLEEPERS

#include "kernel/kernel.h"
#include "log/report_shown.h"

/*
 * Make the tasks and CPUs whose stacks the log shows the kernel's sleepers, in place of those that
 * memory does not tell of. shown must outlive the kernel's use of them. ERR_NOMEM.
 */
struct err *log_sleepers_open(struct kernel *kernel, const struct shown *shown);

#endif
