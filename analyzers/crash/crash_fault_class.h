/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_FAULT_CLASS
#define TRIAGE_CRASH_CRASH_FAULT_CLASS

#include "crash/crash.h"

/*
 * What kind of address could not be reached: "null_offset", "error_pointer", "list_poison",
 * "read_only", "hole", …; NULL unknown. Without memory, what only its layout would tell is not told.
 */
const char *crash_fault_class(const struct crash *crash);

#endif
