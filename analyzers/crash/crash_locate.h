/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_LOCATE
#define TRIAGE_CRASH_CRASH_LOCATE

#include "crash/crash.h"

/* CPU, task, trace, exception and its frame. Leaves what it cannot find; errors of unwind_task(). */
struct err *crash_locate(struct crash *crash);

#endif
