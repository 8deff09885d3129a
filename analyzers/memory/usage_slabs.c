/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slab by cache. SLUB counts a node's slabs and objects (CONFIG_SLUB_DEBUG, which all distributions
 * have); how many pages a slab has says the cache's order.
 */
#include "kernel/mm/slab_caches.h"
#include "kernel/types/object.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"

struct reading {
	struct kernel *kernel;
	struct usage *usage;
};

#define ORDER_SHIFT 16 /* OO_SHIFT, mm/slub.c */
#define ORDER_MAX 10

static struct err *read_cache(void *context, const struct slab_cache *cache)
{
	const struct reading *reading = context;
	struct kernel *kernel = reading->kernel;
	uint64_t order, slabs = 0, objects = 0, node, value;

	if (!TRY_OK(member_read(kernel, cache->address, MEMBER_CACHE_ORDER, &order)) ||
	    (order >>= ORDER_SHIFT) > ORDER_MAX)
		return NULL;
	for (unsigned i = 0; i < slab_nodes(kernel); i++) {
		if (!slab_node(kernel, cache, i, &node))
			continue;
		if (TRY_OK(member_read(kernel, node, MEMBER_NODE_NR_SLABS, &value)))
			slabs += value;
		if (TRY_OK(member_read(kernel, node, MEMBER_NODE_TOTAL_OBJECTS, &value)))
			objects += value;
	}
	if (slabs > reading->usage->total)
		return NULL;
	struct usage *usage = reading->usage;
	int at = usage_top_place(usage->slabs, sizeof(*usage->slabs), &usage->slab_count,
				 offsetof(struct usage_slab, pages), slabs << order);
	if (at >= 0)
		usage->slabs[at] = (struct usage_slab){cache, slabs << order, objects};
	return NULL;
}

struct err *usage_read_slabs(struct kernel *kernel, struct usage *usage)
{
	struct reading reading = {kernel, usage};

	/* A list that breaks off has told of what came before. */
	(void)TRY_OK(slab_caches_each(kernel, read_cache, &reading));
	return NULL;
}
