/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_VALUE_FOUND
#define TRIAGE_MEMORY_VALUE_FOUND

#include "analysis.h"

/* Add what a bad value looks like by its own bytes to what is known of memory, as hypotheses. */
void value_found_looks(struct analysis *analysis, uint64_t value);

#endif
