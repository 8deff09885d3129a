/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_MARKS
#define TRIAGE_LOG_LOG_MARKS

#include "base/error.h"

struct log;

/* Mark a log's lines, as log_mark.h says, in one pass over its text. ERR_NOMEM; then all are. */
struct err *log_marks_make(struct log *log);

#endif
