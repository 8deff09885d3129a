/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_UNMADE
#define TRIAGE_MEMORY_UNMADE

#include "base/str.h"
#include "crash/crash.h"
#include "memory/memory_facts.h"

/*
 * Did the machine die in a function that was given a wait queue, a semaphore or a work item with zeros for a list, which
 * none is that was ever made? Fills in address and what, and says it in words; the owner is the caller's to find.
 */
bool unmade_find(const struct crash *crash, struct blamed *ret, struct str *text);

#endif
