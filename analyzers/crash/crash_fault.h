/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_FAULT
#define TRIAGE_CRASH_CRASH_FAULT

#include "crash/crash.h"

/* Of an exception: the instruction, the fault address, its class and where it comes from. */
void crash_fault_explain(struct crash *crash);
/* By the kernel's page tables where they are known, else as with four levels of them. */
bool crash_is_canonical(const struct crash *crash, uint64_t address);

#endif
