/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_COPIES
#define TRIAGE_MEMORY_COPIES

#include "analysis.h"

/*
 * Find where in memory the bad value stands: analysis->memory.copies. holder is where it was loaded
 * from, or 0. Small numbers are not searched for: they stand everywhere.
 */
struct err *copies_find(struct analysis *analysis, uint64_t holder, uint64_t value);
/*
 * Who leads into the object of this size at start, itself included: searched as for a value. Where nothing could be
 * gone through, ret is empty. What is in ret is for memory_facts_deinit() to free.
 */
struct err *copies_find_links(struct analysis *analysis, uint64_t start, uint64_t size,
			      struct copies *ret);

#endif
