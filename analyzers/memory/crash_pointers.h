/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_CRASH_POINTERS
#define TRIAGE_MEMORY_CRASH_POINTERS

#include "analysis.h"

/*
 * Find the addresses of a crash that anyone would look up, each with its owner, and put them into
 * analysis->memory.pointers: the address that faulted, registers, data the innermost frames point
 * to, and without an exception the locks that were found. Bounded for each of these.
 */
void crash_pointers_find(struct analysis *analysis);

#endif
