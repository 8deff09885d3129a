/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_DETAIL
#define TRIAGE_LOG_REPORT_DETAIL

#include "log/report.h"

/* Lines that only some kinds of reports have: what was accessed, which object, who noticed. */
bool report_detail_is(const char *line);
/* What a check prints before it calls BUG(): what it found. */
bool report_detail_announces(const char *line);
/* Take such a line, number index of the log, into the report. */
void report_detail_read(const char *line, size_t index, struct report *report);
/* "Allocated by task 5:", "Uninit was created at:": the title of the call trace that follows. */
bool report_title_read(const char *line, char *title, size_t size, int32_t *pid);

/*
 * SLUB's "INFO: Freed in f+0x12/0x30 age=14 cpu=1 pid=133", behind which its trace may stand: title is
 * "Allocated" or "Freed", *pid -1 where none is named. False for any other line.
 */
bool report_track_read(const char *line, char *title, size_t size, int32_t *pid);

#endif
