/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_LOG
#define TRIAGE_CRASH_CRASH_LOG

#include "crash/crash.h"

struct log;

/* All of them take a log that is NULL, and look at its end alone: the crash is the last thing. */

/* Do these words stand near its end? */
bool crash_log_says(const struct log *log, const char *words);
/* The trap an oops tells of; CRASH_UNKNOWN for none. */
enum crash_kind crash_log_trap(const struct log *log);
/*
 * The kind of crash by the log alone: by what panic() said, unless that is how an oops ends ("Fatal
 * exception"), which has told its own kind before; without a panic by the trap.
 */
enum crash_kind crash_log_kind(const struct log *log);
/*
 * The line in which the kernel announced a crash of this kind, owned by the log; NULL for none. Where each CPU says so
 * for itself it is that of cpu (-1: not known).
 */
const char *crash_log_message(const struct log *log, enum crash_kind kind, int cpu);

#endif
