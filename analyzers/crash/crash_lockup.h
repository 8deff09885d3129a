/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_LOCKUP
#define TRIAGE_CRASH_CRASH_LOCKUP

#include "json.h"

struct report;

/*
 * Of a lockup or stall in the log: how long, the lock its CPU spins for, the work item that runs and what
 * waits behind it, the CPUs that hold RCU up. Nothing for other reports.
 */
void crash_lockup_put(json_t *crash, const struct report *report);

#endif
