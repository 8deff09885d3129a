/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_CHECK_SUBJECT
#define TRIAGE_MEMORY_CHECK_SUBJECT

#include "base/str.h"
#include "crash/crash.h"
#include "memory/memory_facts.h"

/*
 * Did a subsystem stop at something that a module gave it: a device, a request, a buffer? Fills in address and what,
 * and names it in words; the owner is the caller's to find. What the function was given is worked out from its
 * caller's code, and that it is what the check was about is inferred.
 */
bool check_subject_find(const struct crash *crash, struct blamed *ret, struct str *text);

#endif
