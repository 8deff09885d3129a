/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_BUG
#define TRIAGE_CRASH_CRASH_BUG

#include "base/error.h"
#include "kernel/kernel.h"

/* BUG() or WARN() at this address by the kernel's bug table; NOT_FOUND when it is neither. */
struct err *crash_bug_find(struct kernel *kernel, uint64_t address, bool *warning, char *place,
			   size_t size);

#endif
