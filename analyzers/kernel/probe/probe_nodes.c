/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists of slabs that caches have for each node of memory. */
#include "kernel/probe/probe_nodes.h"

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/probe/cache_nodes.h"
#include "kernel/types/probed.h"

#define NODES_MAX 64u
#define CACHE_ALIGN_MAX 65536u

/* inuse and align, two numbers in front of what is in front of the name: "inuse" bytes hold an object. */
static bool has_inuse(const struct cache_images *caches, size_t at)
{
	for (size_t i = 0; i < caches->count; i++) {
		const struct cache_image *cache = &caches->list[i];
		uint32_t inuse = load_u32(cache->bytes + at),
			 align = load_u32(cache->bytes + at + 4);

		if (inuse % 8 || inuse < cache->object_size || inuse > cache->size ||
		    (align & (align - 1)) || align > CACHE_ALIGN_MAX)
			return false;
	}
	return caches->count;
}

/*
 * red_left_pad, between inuse and align and the name: nothing, or a word in the object's alignment
 * (d86bd1bece6f v4.6; before, there was another number, hence not without the reciprocal of v5.9).
 */
static bool has_red_left_pad(const struct cache_images *caches, size_t at)
{
	for (size_t i = 0; i < caches->count; i++) {
		const uint8_t *bytes = caches->list[i].bytes;
		uint32_t pad = load_u32(bytes + at), align = load_u32(bytes + at - 4);

		if ((pad && pad != MAX(align, 8u)) || load_u32(bytes + at + 4))
			return false;
	}
	return caches->count && caches->offset == caches->object_size + 12;
}

static struct err *add_pointers(struct type_provider *types, const struct cache_nodes *nodes)
{
	if (!nodes->barns) {
		TRY(probed_add(types, "kmem_cache_node_pointer", "node", 0, PROBED_POINTER));
		return probed_add(types, "kmem_cache", "node", nodes->at,
				  PROBED_ARRAY("kmem_cache_node_pointer", NODES_MAX * 8));
	}
	TRY(probed_add(types, "kmem_cache_per_node_ptrs", "barn", 0, PROBED_POINTER));
	TRY(probed_add(types, "kmem_cache_per_node_ptrs", "node", 8, PROBED_POINTER));
	return probed_add(types, "kmem_cache", "per_node", nodes->at - 8,
			  PROBED_ARRAY("kmem_cache_per_node_ptrs", NODES_MAX * 16));
}

static struct err *add(struct type_provider *types, const struct cache_nodes *nodes)
{
	size_t list = nodes->list;

	TRY(add_pointers(types, nodes));
	TRY(probed_witness(types, "kmem_cache_node", "nr_partial", list - 8, PROBED_NUMBER(8)));
	TRY(probed_witness(types, "kmem_cache_node", "partial", list, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "kmem_cache_node", "nr_slabs", list + 16, PROBED_NUMBER(8)));
	return probed_witness(types, "kmem_cache_node", "total_objects", list + 24,
			      PROBED_NUMBER(8));
}

static struct err *probe(struct kernel *kernel, const struct cache_images *caches,
			 struct type_provider *types)
{
	struct cache_nodes nodes;

	if (caches->count && has_inuse(caches, caches->name - 16))
		TRY(probed_witness(types, "kmem_cache", "inuse", caches->name - 16,
				   PROBED_NUMBER(4)));
	if (caches->count && has_red_left_pad(caches, caches->name - 8))
		TRY(probed_witness(types, "kmem_cache", "red_left_pad", caches->name - 8,
				   PROBED_NUMBER(4)));
	return cache_nodes_find(kernel, caches, &nodes) ? add(types, &nodes) : NULL;
}

struct err *probe_nodes(struct kernel *kernel, struct type_provider *types)
{
	struct cache_images caches;
	struct err *err = cache_images_open(kernel, &caches);

	if (!err)
		err = probe(kernel, &caches, types);
	cache_images_deinit(&caches);
	return err;
}
