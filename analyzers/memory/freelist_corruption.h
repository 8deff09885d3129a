/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_FREELIST_CORRUPTION
#define TRIAGE_MEMORY_FREELIST_CORRUPTION

#include "analysis.h"

/*
 * A broken free list, with slab, broken, culprit, list and near filled in, into the analysis; and
 * what follows from it: the look of what was written, the object that holds it, the one in front.
 */
void freelist_corruption_explain(struct analysis *analysis, struct freelist_corruption *corruption);

#endif
