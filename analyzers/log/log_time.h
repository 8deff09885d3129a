/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_TIME
#define TRIAGE_LOG_LOG_TIME

#include "base/str.h"
#include "kernel/printk/log.h"

/*
 * Seconds of a calendar time as text logs write it, since some fixed day: "Nov 14 03:12:45", "Thu May  9
 * 14:52:38 2024", "2024-11-14T03:12:45.123+01:00". Good for differences within one log alone: years
 * that are not written and time zones are passed over. False for other forms, such as months in
 * another language.
 */
bool log_time_of_wall(const char *wall, double *ret);
/* Seconds from one line to another of the same boot, by uptime, else by the calendar. False: unknown. */
bool log_time_between(const struct log *log, size_t from, size_t to, double *ret);
/* "12 s", "9 min", "3.1 h", "2 days", "41 ms". */
void log_time_put(double seconds, struct str *out);

#endif
