/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_FREELIST_CORRUPTION
#define TRIAGE_MEMORY_FREELIST_CORRUPTION

#include "analysis.h"

/*
 * Put a broken free list into the analysis, and what follows from it: what the written bytes look
 * like, the object that holds them, the object in front. The caller fills in slab, broken, culprit,
 * list and near.
 */
void freelist_corruption_explain(struct analysis *analysis, struct freelist_corruption *corruption);

#endif
