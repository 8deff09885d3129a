/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_HEAD
#define TRIAGE_LOG_REPORT_HEAD

#include "log/report.h"

enum head_how { HEAD_BEGINS, HEAD_HOLDS, HEAD_JOINS, HEAD_GOES_ON };

struct words;

/* The words of report_heads.def, for report_head_find(); ERR_NOMEM alone. */
struct err *report_heads_new(struct words **ret);
const char *const *report_head_words(size_t *count);
/* The line that begins a report, by report_heads.def. False for any other line. */
bool report_head_find(const struct words *heads, const struct log_line *line,
		      enum report_kind *kind, enum head_how *how);
/* What the line that announces a report of ret->kind says: message, CPU, task, address, place, … */
void report_head_read(const char *line, struct report *ret);

/* The kind of a report, and who and where it was, grow more exact with a second line that announces it. */
void report_head_refine(struct report *report, enum report_kind kind, const char *line);

#endif
