/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_FIND
#define TRIAGE_CRASH_CRASH_FIND

#include "crash/crash.h"
#include "log/report.h"

/*
 * What killed this kernel: located, classified and explained, by its memory or, where that tells no
 * stack, by the reports of its log (may be NULL), which must outlive it. There is always one, if of
 * an unknown kind; the caller owns it. Errors of unwind_task().
 */
struct err *crash_find(struct kernel *kernel, const struct reports *reports, struct crash **ret);

#endif
