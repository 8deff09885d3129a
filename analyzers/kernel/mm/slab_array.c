/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SLAB, the allocator before SLUB. */
#include "kernel/mm/slab_array.h"

#include <limits.h>

#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define BUFCTL_END UINT32_MAX
#define ENTRIES_MAX 65536 /* of one array: its limit is set in /proc/slabinfo */

bool slab_array_used(struct kernel *kernel)
{
	return members_has(kernel->members, MEMBER_SLAB_MEM) &&
	       members_has(kernel->members, MEMBER_SLAB_BUFCTL);
}

struct err *slab_array_read_cache(struct kernel *kernel, struct slab_cache *cache)
{
	uint64_t value;

	cache->arrays = true;
	cache->object_size = cache->size;
	/* Only with CONFIG_DEBUG_SLAB: red zones around what the user sees. */
	if (members_has(kernel->members, MEMBER_CACHE_OBJ_OFFSET)) {
		TRY(member_read(kernel, cache->address, MEMBER_CACHE_OBJ_OFFSET, &value));
		cache->red_left_pad = (uint32_t)value;
	}
	if (members_has(kernel->members, MEMBER_CACHE_OBJ_SIZE)) {
		TRY(member_read(kernel, cache->address, MEMBER_CACHE_OBJ_SIZE, &value));
		cache->object_size = (uint32_t)value;
	}
	return NULL;
}

/* Where the object with this index is, or would be: an index too high leads out of the slab. */
static uint64_t object_of(const struct slab *slab, uint32_t index)
{
	return index == BUFCTL_END ? 0 : slab_object_start(slab, index);
}

/* Slabs of many pages are no compound ones: page->lru of each says whose it is. */
struct err *slab_array_cache_of(struct kernel *kernel, const struct page_info *page, uint64_t *ret)
{
	return member_read(kernel, page->page, MEMBER_PAGE_LRU_NEXT, ret);
}

struct err *slab_array_read(struct kernel *kernel, const struct page_info *page, struct slab *slab)
{
	uint64_t objects, inuse, first;

	TRY(member_read(kernel, page->page, MEMBER_PAGE_LRU_PREV, &slab->address));
	TRY(member_read(kernel, slab->cache->address, MEMBER_CACHE_NUM, &objects));
	TRY(member_read(kernel, slab->address, MEMBER_SLAB_MEM, &slab->base));
	TRY(member_read(kernel, slab->address, MEMBER_SLAB_INUSE, &inuse));
	TRY(member_read(kernel, slab->address, MEMBER_SLAB_BUFCTL, &first));
	slab->objects = (unsigned)MIN(objects, UINT_MAX);
	slab->inuse = (unsigned)MIN(inuse, UINT_MAX);
	slab->freelist = object_of(slab, (uint32_t)first);
	return NULL;
}

struct err *slab_array_next(struct kernel *kernel, const struct slab *slab, uint64_t object,
			    uint64_t *raw, uint64_t *next)
{
	const struct member *bufctl = members_get(kernel->members, MEMBER_SLAB_BUFCTL);
	uint64_t descriptor = type_size(types_find_struct(kernel->types, "slab"));
	uint64_t index = (object - slab_object_start(slab, 0)) / slab->cache->size;
	uint64_t width = bufctl ? type_size(bufctl->type) : 0;

	if (!width || width > sizeof(uint32_t))
		return err_new(ERR_INVALID, "no kmem_bufctl_t is known");
	/* slab_bufctl(): right behind the descriptor. */
	TRY(memory_read_uint(kernel->memory, slab->address + descriptor + index * width, width,
			     raw));
	*next = object_of(slab, (uint32_t)*raw);
	return NULL;
}

/* --- arrays of free objects ------------------------------------------------------------------- */

/* A struct array_cache; 0 is none. */
static struct err *read_array(struct free_walk *walk, uint64_t array, struct free_place place)
{
	const struct member *entries = members_get(walk->kernel->members, MEMBER_ARRAY_ENTRY);
	uint64_t count;

	if (!array)
		return NULL;
	if (!entries || !TRY_OK(member_read(walk->kernel, array, MEMBER_ARRAY_AVAIL, &count)) ||
	    count > ENTRIES_MAX) {
		walk->complete = false;
		return NULL;
	}
	return free_walk_array(walk, array + member_offset(entries), count, place);
}

/* The same, by where its address is noted. */
static struct err *read_array_at(struct free_walk *walk, uint64_t at, struct free_place place)
{
	uint64_t array;

	if (TRY_OK(memory_read_u64(walk->kernel->memory, at, &array)))
		return read_array(walk, array, place);
	walk->complete = false;
	return NULL;
}

static struct err *read_cpus(struct free_walk *walk)
{
	const struct member *arrays = members_get(walk->kernel->members, MEMBER_CACHE_ARRAY);

	if (!arrays || !walk->kernel->percpu) {
		walk->complete = false;
		return NULL;
	}
	uint64_t first = walk->cache->address + member_offset(arrays);
	uint64_t count = MIN(percpu_cpus(walk->kernel->percpu), type_count(arrays->type));
	for (unsigned cpu = 0; cpu < count; cpu++)
		TRY(read_array_at(walk, first + cpu * 8, (struct free_place){FREE_CPU_ARRAY, cpu}));
	return NULL;
}

/* Freed on another node, on their way home: one array for each node. */
static struct err *read_alien(struct free_walk *walk, uint64_t alien, unsigned node)
{
	unsigned nodes = slab_nodes(walk->kernel);

	/* Without NUMA a number that is no address stands here (BAD_ALIEN_MAGIC). */
	if (!memory_is_kernel(walk->kernel->memory, alien))
		return NULL;
	for (unsigned i = 0; i < nodes; i++)
		TRY(read_array_at(walk, alien + i * 8,
				  (struct free_place){FREE_ALIEN_ARRAY, node}));
	return NULL;
}

/* The struct kmem_list3 of a node; 0 is none. */
static struct err *read_node(struct free_walk *walk, uint64_t list, unsigned node)
{
	uint64_t shared, alien;

	if (!list)
		return NULL;
	if (!TRY_OK(member_read(walk->kernel, list, MEMBER_LIST3_SHARED, &shared)) ||
	    !TRY_OK(member_read(walk->kernel, list, MEMBER_LIST3_ALIEN, &alien))) {
		walk->complete = false;
		return NULL;
	}
	TRY(read_array(walk, shared, (struct free_place){FREE_SHARED_ARRAY, node}));
	return read_alien(walk, alien, node);
}

struct err *slab_array_walk(struct free_walk *walk)
{
	const struct member *lists = members_get(walk->kernel->members, MEMBER_CACHE_NODE);
	unsigned nodes = slab_nodes(walk->kernel);
	uint64_t list;

	if (!walk->cache->arrays)
		return NULL;
	TRY(read_cpus(walk));
	for (unsigned node = 0; lists && node < nodes; node++) {
		uint64_t at = walk->cache->address + member_offset(lists) + node * 8;

		if (TRY_OK(memory_read_u64(walk->kernel->memory, at, &list)))
			TRY(read_node(walk, list, node));
		else
			walk->complete = false;
	}
	return NULL;
}
