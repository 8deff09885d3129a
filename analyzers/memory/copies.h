/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_COPIES
#define TRIAGE_MEMORY_COPIES

#include "analysis.h"

/*
 * Where in memory the bad value stands, into the analysis. holder is where it was read from, or 0.
 * Says nothing of values as common as small numbers.
 */
struct err *copies_find(struct analysis *analysis, uint64_t holder, uint64_t value);

#endif
