/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB_ARRAY
#define TRIAGE_KERNEL_MM_SLAB_ARRAY

#include "kernel/mm/free_walk.h"
#include "kernel/mm/page.h"

/*
 * SLAB (mm/slab.c, until v3.13), told by a struct slab that has s_mem: each slab has a descriptor
 * that an array of kmem_bufctl_t follows, one for each object, in which the free ones are chained
 * by index. CPUs and nodes keep free objects in a struct array_cache.
 */
bool slab_array_used(struct kernel *kernel);

/* Fill in what a SLAB cache has by other names than SLUB's. Its address and size are set. */
struct err *slab_array_read_cache(struct kernel *kernel, struct slab_cache *cache);
/* The address of the cache that a page belongs to, which must be a slab's. */
struct err *slab_array_cache_of(struct kernel *kernel, const struct page_info *page, uint64_t *ret);
/* Fill in a page's slab, whose cache is set. */
struct err *slab_array_read(struct kernel *kernel, const struct page_info *page, struct slab *slab);
/* The object chained behind one, as freelist_next(): raw is the index as stored. */
struct err *slab_array_next(struct kernel *kernel, const struct slab *slab, uint64_t object,
			    uint64_t *raw, uint64_t *next);
/* Tells of every object in the arrays of CPUs and nodes; nothing for a cache of SLUB. */
struct err *slab_array_walk(struct free_walk *walk);

#endif
