/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_STACK_POINTER
#define TRIAGE_MEMORY_STACK_POINTER

#include "base/str.h"
#include "crash/crash.h"
#include "memory/memory_facts.h"

/*
 * Did the CPU die with a stack pointer that leads to no stack: into an object of the allocator, or nowhere? Fills in
 * address and what, and says it in words, with whether the task went to sleep with that stack pointer already.
 */
bool stack_pointer_find(const struct crash *crash, struct blamed *ret, struct str *text);

#endif
