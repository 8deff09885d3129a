/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_TAIL
#define TRIAGE_LOG_LOG_TAIL

#include <stdbool.h>
#include <stddef.h>

struct log;

/* Index of the line from which on at most max lines are wanted; log->count when none is. */
size_t log_tail(const struct log *log, size_t max, bool (*is_wanted)(const char *text));

#endif
