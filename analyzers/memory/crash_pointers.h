/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_CRASH_POINTERS
#define TRIAGE_MEMORY_CRASH_POINTERS

#include "analysis.h"

/*
 * The addresses of a crash that anyone would look up, each with its owner, into the analysis: the
 * one that faulted, registers, data the top frames point to, and where nothing faulted the locks
 * that earlier analyzers found. Bounded: a few a frame, few frames, few locks.
 */
void crash_pointers_find(struct analysis *analysis);

#endif
