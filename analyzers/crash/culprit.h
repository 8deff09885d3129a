/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CULPRIT
#define TRIAGE_CRASH_CULPRIT

#include "crash/crash.h"
#include "log/report_place.h"

/*
 * The function that did it, where the one that crashed only noticed: list and refcount checks, string
 * and memory helpers, lock primitives, the allocator, sanitizers and the machinery of oopses are passed
 * over, by helpers.def. False where the crash's own function is none of these, or no caller is known.
 */
bool culprit_find(const struct crash *crash, struct report_place *ret);
/*
 * The module's function that led into the kernel's own code, where a crash of that is: the nearest outwards.
 * False where a module's own function crashed, or none is near.
 */
bool culprit_module(const struct crash *crash, struct report_place *ret);
/* Is this function a helper, that crashes by what its caller gave it? Compilers' suffixes are ignored. */
bool culprit_is_helper(const char *function);

/* Does a task that sleeps in function do so for its caller: in a helper, or in what takes a well-known lock? */
bool culprit_waits_for_caller(const char *function);

#endif
