/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB_CACHES
#define TRIAGE_KERNEL_MM_SLAB_CACHES

#include "kernel/mm/slab.h"

/* Caches by the address of their kmem_cache. Those met are remembered, in kernel->slab_caches. */
struct slab_caches;
void slab_caches_close(struct slab_caches *caches);

/* ERR_CORRUPT when the address cannot be a cache's. *ret is good until slab_caches_close(). */
struct err *slab_caches_get(struct kernel *kernel, uint64_t address, const struct slab_cache **ret);
/* Calls back for each cache of the kernel's list, as far as it can be read; bounded. */
struct err *slab_caches_each(struct kernel *kernel,
			     struct err *(*each)(void *context, const struct slab_cache *cache),
			     void *context);

#endif
