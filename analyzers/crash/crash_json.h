/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_JSON
#define TRIAGE_CRASH_CRASH_JSON

#include "crash/crash.h"
#include "json.h"

/* The section "crash" of the verdict, but for its backtrace and time. */
json_t *crash_json(const struct crash *crash);
/* crash.backtrace: of the task's stack, or as the log prints it. */
json_t *crash_backtrace_json(const struct crash *crash);

#endif
