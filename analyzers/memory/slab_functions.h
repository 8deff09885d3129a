/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SLAB_FUNCTIONS
#define TRIAGE_MEMORY_SLAB_FUNCTIONS

#include "finding.h"

/* By its name, a function of the slab allocator (mm/slub.c, mm/slab.c), clones included. */
bool allocator_has(const char *symbol);
/* The panic task died in it: one of the innermost frames of backtrace.panic is such a function. */
bool allocator_crashed(const struct findings *findings);

#endif
