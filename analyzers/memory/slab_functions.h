/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SLAB_FUNCTIONS
#define TRIAGE_MEMORY_SLAB_FUNCTIONS

#include "crash/crash.h"

/* By its name, a function of the slab allocator (mm/slub.c, mm/slab.c), clones included. */
bool slab_functions_has(const char *symbol);
/* The crash happened in it: one of the innermost frames is such a function. */
bool slab_functions_crashed(const struct crash *crash);

#endif
