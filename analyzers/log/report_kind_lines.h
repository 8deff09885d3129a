/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_KIND_LINES
#define TRIAGE_LOG_REPORT_KIND_LINES

#include "log/report_body.h"

/* Take a line that reports of this kind alone have. False for any other line. */
bool report_kind_line_take(struct report_reader *reader, const char *line);

#endif
