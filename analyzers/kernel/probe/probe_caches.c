/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of struct kmem_cache that its caches' own list and names tell. */
#include "kernel/probe/probe_caches.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

#define KMALLOC_MAX 1024u /* pointers in kmalloc_caches[][] */
#define KMALLOC_ENOUGH 4u /* caches whose names tell their size */
#define SIZE_MAX_BYTES (4u << 20)

static uint64_t word(const struct cache_image *cache, size_t offset)
{
	return load_u64(cache->bytes + offset);
}

static uint32_t number(const struct cache_image *cache, size_t offset)
{
	return load_u32(cache->bytes + offset);
}

/* --- the list --------------------------------------------------------------------------------- */

/* Addresses of the nodes, where the caches' own will be. */
static struct err *read_nodes(struct kernel *kernel, struct cache_images *images)
{
	uint64_t head, node, before, back;

	if (!symbols_find(kernel->symbols, "slab_caches", &head))
		return NULL;
	images->list = calloc(CACHES_MAX, sizeof(*images->list));
	if (!images->list)
		return &err_nomem;
	before = head;
	while (images->count < CACHES_MAX &&
	       err_ok(memory_read_u64(kernel->memory, before, &node)) && node != head &&
	       memory_is_kernel(kernel->memory, node) &&
	       err_ok(memory_read_u64(kernel->memory, node + 8, &back)) && back == before) {
		images->list[images->count++].address = node;
		before = node;
	}
	return NULL;
}

static bool has_node(const struct cache_images *images, uint64_t node)
{
	for (size_t i = 0; i < images->count; i++)
		if (images->list[i].address == node)
			return true;
	return false;
}

/*
 * All caches of kmalloc_caches[] are on the list: at which distance? The shortest: by one that is longer
 * by a cache's size each leads to its neighbour.
 */
static bool find_node(struct kernel *kernel, struct cache_images *images)
{
	uint64_t array, pointers[KMALLOC_MAX] = {0};
	struct symbol symbol;
	size_t count = 0;

	if (!symbols_find(kernel->symbols, "kmalloc_caches", &array) ||
	    !symbols_at(kernel->symbols, array, &symbol))
		return false;
	for (size_t i = 0; i < MIN(symbol.size / 8, KMALLOC_MAX); i++)
		if (err_ok(memory_read_u64(kernel->memory, array + 8 * i, &pointers[count])) &&
		    memory_class(kernel->memory, pointers[count]) == VA_DIRECT_MAP)
			count++;
	for (size_t offset = 8; count >= KMALLOC_ENOUGH && offset + 16 <= CACHE_BYTES;
	     offset += 8) {
		size_t i = 0;

		while (i < count && has_node(images, pointers[i] + offset))
			i++;
		if (i == count) {
			images->node = offset;
			return true;
		}
	}
	return false;
}

static void read_caches(struct kernel *kernel, struct cache_images *images)
{
	for (size_t i = 0; i < images->count; i++) {
		struct cache_image *cache = &images->list[i];

		cache->address -= images->node;
		/* It may end at a page's end, and the next may not be in the dump. */
		memory_read_there(kernel->memory, cache->address, cache->bytes, CACHE_BYTES);
	}
}

/* --- the name --------------------------------------------------------------------------------- */

static bool read_name(struct kernel *kernel, const struct cache_image *cache, size_t offset,
		      char name[static 64])
{
	uint64_t address = word(cache, offset);

	return memory_is_kernel(kernel->memory, address) &&
	       err_ok(memory_read_string(kernel->memory, address, name, 64)) && strlen(name) > 1 &&
	       is_printable(name, strlen(name));
}

/* What "kmalloc-96", "dma-kmalloc-1k", "kmalloc-rnd-05-64" tell of themselves, bytes; 0: nothing. */
static uint32_t size_by_name(const char *name)
{
	const char *last = strrchr(name, '-');
	unsigned long size;
	char *end;

	if (!strstr(name, "kmalloc-") || !last || last[1] < '0' || last[1] > '9')
		return 0;
	size = strtoul(last + 1, &end, 10);
	if (size > SIZE_MAX_BYTES)
		return 0;
	size <<= *end == 'k' ? 10 : *end == 'M' ? 20 : 0;
	end += *end == 'k' || *end == 'M';
	return !*end && size && size <= SIZE_MAX_BYTES ? (uint32_t)size : 0;
}

/* In front of the list's node, in all of them. Names of kmalloc's are among them. */
static bool find_name(struct kernel *kernel, struct cache_images *images)
{
	size_t sized = 0;
	char name[64];

	images->name = images->node - 8;
	for (size_t i = 0; i < images->count; i++) {
		if (!read_name(kernel, &images->list[i], images->name, name))
			return false;
		sized += size_by_name(name) != 0;
	}
	return sized >= KMALLOC_ENOUGH;
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* size, and behind it object_size: the one that kmalloc's caches have in their names. */
static bool are_sizes(struct kernel *kernel, const struct cache_images *images, size_t offset)
{
	char name[64];

	for (size_t i = 0; i < images->count; i++) {
		uint32_t size = number(&images->list[i], offset),
			 object_size = number(&images->list[i], offset + 4), named;

		if (!object_size || size < object_size || size % 8 || size > SIZE_MAX_BYTES ||
		    !read_name(kernel, &images->list[i], images->name, name))
			return false;
		named = size_by_name(name);
		if (named && object_size != named)
			return false;
	}
	return true;
}

static bool find_sizes(struct kernel *kernel, struct cache_images *images)
{
	size_t found = 0;

	for (size_t offset = 0; offset + 8 <= images->name; offset += 4) {
		if (!are_sizes(kernel, images, offset))
			continue;
		images->size = offset;
		images->object_size = offset + 4;
		found++;
	}
	for (size_t i = 0; i < images->count; i++) {
		images->list[i].size = number(&images->list[i], images->size);
		images->list[i].object_size = number(&images->list[i], images->object_size);
	}
	return found == 1;
}

/* reciprocal_value(size), include/linux/reciprocal_div.h: what size is divided by. */
static bool is_reciprocal(const struct cache_image *cache, size_t offset)
{
	uint64_t size = cache->size;
	unsigned bits = size > 1 ? 64 - (unsigned)__builtin_clzll(size - 1) : 0;
	uint64_t m = ((1ull << 32) * ((1ull << bits) - size)) / size + 1;

	return number(cache, offset) == (uint32_t)m && cache->bytes[offset + 4] == MIN(bits, 1u) &&
	       cache->bytes[offset + 5] == (bits ? bits - 1 : 0);
}

/* Behind the sizes, or behind the reciprocal that follows them since 4138fdfc8a45 v5.9. */
static bool find_offset(struct cache_images *images)
{
	size_t reciprocals = 0;

	for (size_t i = 0; i < images->count; i++)
		reciprocals += is_reciprocal(&images->list[i], images->object_size + 4);
	if (reciprocals && reciprocals < images->count)
		return false;
	images->offset = images->object_size + (reciprocals ? 12 : 4);
	for (size_t i = 0; i < images->count; i++) {
		struct cache_image *cache = &images->list[i];

		cache->offset = number(cache, images->offset);
		if (cache->offset % 8 || cache->offset >= cache->size)
			return false;
	}
	return true;
}

struct err *cache_images_open(struct kernel *kernel, struct cache_images *ret)
{
	*ret = (struct cache_images){0};
	TRY(read_nodes(kernel, ret));
	if (!ret->count || !find_node(kernel, ret)) {
		ret->count = 0;
		return NULL;
	}
	read_caches(kernel, ret);
	if (!find_name(kernel, ret) || !find_sizes(kernel, ret) || !find_offset(ret))
		ret->count = 0;
	return NULL;
}

void cache_images_deinit(struct cache_images *images)
{
	free(images->list);
	*images = (struct cache_images){0};
}

const struct cache_image *cache_images_find(const struct cache_images *images, uint64_t address)
{
	for (size_t i = 0; i < images->count; i++)
		if (images->list[i].address == address)
			return &images->list[i];
	return NULL;
}
