/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SHEAF
#define TRIAGE_KERNEL_MM_SHEAF

#include "kernel/mm/slab.h"

/*
 * Sheaves (mm/slub.c, 2d517aa09bbc v6.18): arrays of free objects, a few for each CPU and the full
 * ones of a node in its barn. each is told of every object in them. What cannot be read is passed
 * over and *complete set to false; errors are those of each, which end the walk, and out of memory.
 */
struct err *sheaves_each(struct kernel *kernel, const struct slab_cache *cache,
			 free_object_fn *each, void *context, bool *complete);

#endif
