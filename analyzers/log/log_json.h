/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_JSON
#define TRIAGE_LOG_LOG_JSON

#include "json.h"
#include "log/report.h"
#include "log/segfault.h"

struct log_line;

/* A FRAME as the log prints it. */
json_t *log_json_place(const struct report_place *place, bool exception);
/* An element of log.reports[]. */
json_t *log_json_report(const struct log *log, const struct report *report);
/* An element of log.events[]; kind as in log_events.def. */
json_t *log_json_event(const struct log_line *line, const char *kind);
/* An element of log.segfaults[]: the line and what was read out of it. */
json_t *log_json_segfault(const struct log_line *line, const struct segfault *fault);

#endif
