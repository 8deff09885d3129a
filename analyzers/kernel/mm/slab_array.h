/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB_ARRAY
#define TRIAGE_KERNEL_MM_SLAB_ARRAY

#include "kernel/mm/slab.h"

/*
 * SLAB (mm/slab.c, until v3.13), told by a struct slab that has s_mem: each slab has a descriptor
 * that an array of kmem_bufctl_t follows, one for each object, in which the free ones are chained
 * by index. CPUs and nodes keep free objects in a struct array_cache.
 */
bool slab_has_arrays(struct kernel *kernel);

/* What read_cache() does not find in a SLAB cache by SLUB's names. */
struct err *slab_array_cache(struct kernel *kernel, struct slab_cache *cache);
/* From a struct page that is a slab's. */
struct err *slab_array_of_page(struct kernel *kernel, const struct page_info *page,
			       struct slab *ret);
/* The object chained behind one, as freelist_next(): raw is the index as stored. */
struct err *slab_array_next(struct kernel *kernel, const struct slab *slab, uint64_t object,
			    uint64_t *raw, uint64_t *next);
/* As sheaves_each(), of the arrays of CPUs and nodes. */
struct err *slab_arrays_each(struct kernel *kernel, const struct slab_cache *cache,
			     free_object_fn *each, void *context, bool *complete);

#endif
