/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BAD_CALL
#define TRIAGE_MEMORY_BAD_CALL

#include "crash/crash.h"
#include "memory/memory_facts.h"

/*
 * Did a call, jump or return lead to where no function begins? Tells by the stack which of them it
 * was, who did it, and what is there. False for any other crash.
 */
bool bad_call_find(const struct crash *crash, struct bad_call *ret);

#endif
