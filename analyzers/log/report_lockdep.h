/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_LOCKDEP
#define TRIAGE_LOG_REPORT_LOCKDEP

#include "log/report_body.h"

/*
 * The lines of lockdep's reports (kernel/locking/lockdep.c) before its call trace: who takes which lock
 * while it holds which other, and the chains of what was taken before. False for any other line.
 */
bool report_lockdep_take(struct report_reader *reader, const char *line);

/* A line of the list of locks a task holds, which is all that some of these reports have of it. */
bool report_lockdep_take_held(struct report_reader *reader, const char *line);

/* When all lines have been read: where the lock is taken is the place of the report. */
void report_lockdep_finish(struct report *report);

#endif
