/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_COPIES
#define TRIAGE_MEMORY_COPIES

#include "analysis.h"

/*
 * Find where in memory the bad value stands: analysis->memory.copies. holder is where it was loaded
 * from, or 0. Small numbers are not searched for: they stand everywhere.
 */
struct err *copies_find(struct analysis *analysis, uint64_t holder, uint64_t value);

#endif
