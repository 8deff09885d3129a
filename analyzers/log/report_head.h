/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_HEAD
#define TRIAGE_LOG_REPORT_HEAD

#include "log/report.h"

enum head_how { HEAD_BEGINS, HEAD_HOLDS, HEAD_JOINS };

/* The line that begins a report, by report_heads.def. False for any other line. */
bool report_head_find(const char *line, enum report_kind *kind, enum head_how *how);
/* What the line that announces a report of ret->kind says: message, CPU, task, address, place, … */
void report_head_read(const char *line, struct report *ret);

#endif
