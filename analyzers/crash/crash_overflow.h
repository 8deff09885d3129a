/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_OVERFLOW
#define TRIAGE_CRASH_OVERFLOW

#include "crash/crash.h"

/*
 * Whether an exception, its kind known, came of a stack that ran over: what tells so, and how sure; else NULL.
 */
const char *crash_overflow_find(const struct crash *crash, double *confidence);

/*
 * Whether the CPU that died runs far below its task's stack by now, which had no guard page and went on into what
 * lies there by a recursion: what tells so, and where its calls return to; else NULL.
 */
const char *crash_overflow_goes_on(const struct crash *crash, uint64_t *caller);

/* A guard page was met, yet the stack pointer is far from it: what faulted is another access than a push or call. */
bool crash_overflow_is_access(const struct crash *crash);

#endif
