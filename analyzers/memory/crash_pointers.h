/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_CRASH_POINTERS
#define TRIAGE_MEMORY_CRASH_POINTERS

#include "crash/crash.h"
#include "finding.h"
#include "locks/lock.h"

/*
 * The addresses of a crash that anyone would look up, each with its owner as a FINDING_POINTER: the
 * one that faulted, registers, data the top frames point to, and where nothing faulted the locks
 * that were found. Bounded: a few a frame, few frames, few locks.
 */
void crash_pointers_show(const struct crash *crash, const struct locks *locks,
			 struct findings *findings);

#endif
