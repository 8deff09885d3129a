/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_FAULT
#define TRIAGE_CRASH_CRASH_FAULT

#include "crash/crash.h"

/* Of an exception: the instruction, the fault address, its class and where it comes from. */
void crash_fault_explain(struct crash *crash);
/*
 * Class of an address that faulted: "null_offset", "list_poison", "non_canonical", … memory may be
 * NULL; then NULL for what only the memory's layout would tell.
 */
const char *crash_fault_class(const struct memory *memory, uint64_t address);
/* By the kernel's page tables where they are known, else as with four levels of them. */
bool crash_is_canonical(const struct crash *crash, uint64_t address);

#endif
