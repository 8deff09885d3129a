/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_CACHE_NODES
#define TRIAGE_KERNEL_PROBE_CACHE_NODES

#include "kernel/probe/probe_caches.h"

/* Where caches keep their lists of slabs, bytes. */
struct cache_nodes {
	size_t at;     /* of struct kmem_cache: the pointer to the first node's kmem_cache_node */
	size_t stride; /* to the next node's; 0: there is one node */
	size_t list;   /* of kmem_cache_node: partial, its count in front of it */
	bool barns;    /* the pointer to a node's barn stands in front of it: v7.x */
};

/* Where each cache has a list as long as the counts beside it say; false where that is not one place. */
bool cache_nodes_find(struct kernel *kernel, const struct cache_images *caches,
		      struct cache_nodes *ret);
/* The first slab on a cache's list, an address within its struct page; false where there is none. */
bool cache_nodes_partial(struct kernel *kernel, const struct cache_nodes *nodes,
			 const struct cache_image *cache, uint64_t *ret);

#endif
