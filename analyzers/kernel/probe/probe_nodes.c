/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists of slabs that caches have for each node of memory. */
#include "kernel/probe/probe_nodes.h"

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_caches.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define LIST_AT_MAX 128u /* behind the lock, which may be a sleeping one */
#define SLABS_MAX 128u	 /* longer lists are no witnesses */
#define WITNESSES_MIN 8u /* with slabs */
#define NODES_MAX 64u
#define CACHE_ALIGN_MAX 65536u

/* How many nodes a list has, at most SLABS_MAX; false for what is none. */
static bool list_length(struct kernel *kernel, uint64_t head, size_t *ret)
{
	uint64_t node = head, link[2];

	for (*ret = 0; *ret < SLABS_MAX; ++*ret) {
		uint64_t before = node;

		if (!err_ok(memory_read(kernel->memory, node, link, sizeof(link))))
			return false;
		node = load_u64(&link[0]);
		if (node % 8 || !memory_is_kernel(kernel->memory, node) ||
		    !err_ok(memory_read(kernel->memory, node, link, sizeof(link))) ||
		    load_u64(&link[1]) != before)
			return false;
		if (node == head)
			return true;
	}
	return true;
}

/* nr_partial, partial, nr_slabs, total_objects (0f389ec63077 v2.6.28, with CONFIG_SLUB_DEBUG). */
static bool is_node(struct kernel *kernel, uint64_t node, size_t list, bool *holds)
{
	uint64_t words[5];
	size_t length;

	if (node % 8 || !memory_is_kernel(kernel->memory, node) ||
	    !err_ok(memory_read(kernel->memory, node + list - 8, words, sizeof(words))) ||
	    !list_length(kernel, node + list, &length))
		return false;
	*holds = words[3];
	return (words[0] == length || (length == SLABS_MAX && words[0] > length)) &&
	       words[0] <= words[3] && words[3] <= words[4] && words[4] >> 40 == 0 &&
	       (!words[3]) == (!words[4]);
}

static bool fits(struct kernel *kernel, const struct cache_images *caches, size_t at, size_t list)
{
	size_t witnesses = 0;

	for (size_t i = 0; i < caches->count; i++) {
		bool holds;

		if (!is_node(kernel, load_u64(caches->list[i].bytes + at), list, &holds))
			return false;
		witnesses += holds;
	}
	return witnesses >= WITNESSES_MIN;
}

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

static struct err *add(struct type_provider *types, size_t at, size_t list)
{
	TRY(probed_add(types, "kmem_cache_node_pointer", "node", 0, PROBED_POINTER));
	TRY(probed_add(types, "kmem_cache", "node", at,
		       PROBED_ARRAY("kmem_cache_node_pointer", NODES_MAX * 8)));
	TRY(probed_witness(types, "kmem_cache_node", "nr_partial", list - 8, PROBED_NUMBER(8)));
	TRY(probed_witness(types, "kmem_cache_node", "partial", list, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "kmem_cache_node", "nr_slabs", list + 16, PROBED_NUMBER(8)));
	return probed_witness(types, "kmem_cache_node", "total_objects", list + 24,
			      PROBED_NUMBER(8));
}

static struct err *probe(struct kernel *kernel, const struct cache_images *caches,
			 struct type_provider *types)
{
	size_t found = 0, node = 0, partial = 0;

	if (caches->count && has_inuse(caches, caches->name - 16))
		TRY(probed_witness(types, "kmem_cache", "inuse", caches->name - 16,
				   PROBED_NUMBER(4)));

	for (size_t at = caches->name + 8; caches->count && at + 8 <= CACHE_BYTES; at += 8)
		for (size_t list = 16; list < LIST_AT_MAX; list += 8)
			if (fits(kernel, caches, at, list)) {
				node = at;
				partial = list;
				found++;
			}
	return found == 1 ? add(types, node, partial) : NULL;
}

struct err *probe_nodes(struct kernel *kernel, struct type_provider *types)
{
	struct cache_images caches;
	uint64_t unused;
	struct err *err;

	/* Since 2d517aa09bbc v6.18 a node is found through one struct more. */
	if (symbols_find(kernel->symbols, "rcu_free_sheaf", &unused))
		return NULL;
	err = cache_images_open(kernel, &caches);
	if (!err)
		err = probe(kernel, &caches, types);
	cache_images_deinit(&caches);
	return err;
}
