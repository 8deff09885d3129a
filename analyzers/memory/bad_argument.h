/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BAD_ARGUMENT
#define TRIAGE_MEMORY_BAD_ARGUMENT

#include "base/str.h"
#include "crash/crash.h"
#include "memory/memory_facts.h"

/*
 * Did the machine die in the allocator, which was to free what is not its own, or in a copy whose length is
 * below zero? Fills in address and what, and says it in words; the owner is the caller's to find. What the
 * function was given is worked out from its caller's code.
 */
bool bad_argument_find(const struct crash *crash, struct blamed *ret, struct str *text);

#endif
