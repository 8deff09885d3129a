/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the lists of slabs by the counts that stand beside them. */
#include "kernel/probe/cache_nodes.h"

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

#define LIST_AT_MAX 128u /* behind the lock, which may be a sleeping one */
#define SLABS_MAX 128u	 /* longer lists are no witnesses */
#define WITNESSES_MIN 8u /* with slabs */

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

/* lock, sheaves_full, sheaves_empty, nr_full, nr_empty. */
static bool is_barn(struct kernel *kernel, uint64_t barn)
{
	uint32_t counts[2];
	size_t full, empty;

	return barn % 8 == 0 && memory_is_kernel(kernel->memory, barn) &&
	       err_ok(memory_read(kernel->memory, barn + 40, counts, sizeof(counts))) &&
	       list_length(kernel, barn + 8, &full) && list_length(kernel, barn + 24, &empty) &&
	       counts[0] == full && counts[1] == empty;
}

/* kmem_cache_per_node_ptrs: in front of each node's pointer that of its barn, where it has one. */
static bool has_barns(struct kernel *kernel, const struct cache_images *caches, size_t at)
{
	size_t barns = 0;

	for (size_t i = 0; i < caches->count; i++) {
		uint64_t barn = load_u64(caches->list[i].bytes + at - 8);

		if (barn && !is_barn(kernel, barn))
			return false;
		barns += barn != 0;
	}
	return barns >= WITNESSES_MIN;
}

/* Those of further nodes follow the first one's, at the same distance from each other. */
static bool add_fit(struct cache_nodes *found, size_t count, size_t at, size_t list)
{
	if (!count) {
		*found = (struct cache_nodes){.at = at, .list = list};
		return true;
	}
	if (!found->stride)
		found->stride = at - found->at;
	return list == found->list && found->stride <= 16 &&
	       at == found->at + count * found->stride;
}

bool cache_nodes_find(struct kernel *kernel, const struct cache_images *caches,
		      struct cache_nodes *ret)
{
	uint64_t sheaves;
	size_t count = 0;

	for (size_t at = caches->name + 8; caches->count && at + 8 <= CACHE_BYTES; at += 8)
		for (size_t list = 16; list < LIST_AT_MAX; list += 8)
			if (fits(kernel, caches, at, list) && !add_fit(ret, count++, at, list))
				return false;
	if (!count)
		return false;
	ret->barns = symbols_find(kernel->symbols, "rcu_free_sheaf", &sheaves) &&
		     (!ret->stride || ret->stride == 16) && has_barns(kernel, caches, ret->at);
	return ret->barns || ret->stride != 16;
}

bool cache_nodes_partial(struct kernel *kernel, const struct cache_nodes *nodes,
			 const struct cache_image *cache, uint64_t *ret)
{
	uint64_t node = load_u64(cache->bytes + nodes->at);

	return err_ok(memory_read_u64(kernel->memory, node + nodes->list, ret)) &&
	       *ret != node + nodes->list;
}
