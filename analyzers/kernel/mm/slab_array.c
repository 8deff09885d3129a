/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/mm/slab_array.h"

#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define BUFCTL_END UINT32_MAX
#define ENTRIES_MAX 65536 /* of one array: its limit is set in /proc/slabinfo */

bool slab_has_arrays(struct kernel *kernel)
{
	return members_has(kernel->members, MEMBER_SLAB_MEM) &&
	       members_has(kernel->members, MEMBER_SLAB_BUFCTL);
}

struct err *slab_array_cache(struct kernel *kernel, struct slab_cache *cache)
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

struct err *slab_array_of_page(struct kernel *kernel, const struct page_info *page,
			       struct slab *ret)
{
	struct slab slab = {0};
	uint64_t cache, objects, inuse, first;

	/* Slabs of many pages are no compound ones: page->lru of each says whose it is. */
	TRY(member_read(kernel, page->page, MEMBER_PAGE_LRU_NEXT, &cache));
	TRY(member_read(kernel, page->page, MEMBER_PAGE_LRU_PREV, &slab.address));
	TRY(slab_cache_get(kernel, cache, &slab.cache));
	TRY(member_read(kernel, cache, MEMBER_CACHE_NUM, &objects));
	TRY(member_read(kernel, slab.address, MEMBER_SLAB_MEM, &slab.base));
	TRY(member_read(kernel, slab.address, MEMBER_SLAB_INUSE, &inuse));
	TRY(member_read(kernel, slab.address, MEMBER_SLAB_BUFCTL, &first));
	if (!objects || objects > SLAB_OBJECTS_MAX || inuse > objects)
		return err_at(ERR_CORRUPT, slab.address, "slab has absurd counts");
	slab.objects = (unsigned)objects;
	slab.inuse = (unsigned)inuse;
	slab.freelist = object_of(&slab, (uint32_t)first);
	*ret = slab;
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

/* --- arrays of free objects --------------------------------------------------------------------- */

struct array_walk {
	struct kernel *kernel;
	const struct slab_cache *cache;
	free_object_fn *each;
	void *context;
	bool complete;
};

static struct err *read_array(struct array_walk *walk, uint64_t array, struct free_place place)
{
	const struct member *entries = members_get(walk->kernel->members, MEMBER_ARRAY_ENTRY);
	uint64_t count, pointer;

	if (!array)
		return NULL;
	if (!entries || !err_ok(member_read(walk->kernel, array, MEMBER_ARRAY_AVAIL, &count)) ||
	    count > ENTRIES_MAX) {
		walk->complete = false;
		return NULL;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (!err_ok(memory_read_u64(walk->kernel->memory,
					    array + member_offset(entries) + i * 8, &pointer))) {
			walk->complete = false;
			return NULL;
		}
		TRY(walk->each(walk->context, pointer + walk->cache->red_left_pad, place));
	}
	return NULL;
}

static bool read_pointer(struct array_walk *walk, uint64_t at, uint64_t *ret)
{
	if (err_ok(memory_read_u64(walk->kernel->memory, at, ret)))
		return true;
	walk->complete = false;
	return false;
}

static struct err *read_cpus(struct array_walk *walk)
{
	const struct member *arrays = members_get(walk->kernel->members, MEMBER_CACHE_ARRAY);
	uint64_t array;

	if (!arrays || !walk->kernel->percpu) {
		walk->complete = false;
		return NULL;
	}
	for (unsigned cpu = 0;
	     cpu < percpu_cpus(walk->kernel->percpu) && cpu < type_count(arrays->type); cpu++)
		if (read_pointer(walk, walk->cache->address + member_offset(arrays) + cpu * 8,
				 &array))
			TRY(read_array(walk, array, (struct free_place){FREE_CPU_ARRAY, cpu}));
	return NULL;
}

/* Freed on another node, on their way home: one array for each node. */
static struct err *read_alien(struct array_walk *walk, uint64_t alien, unsigned node)
{
	uint64_t array;

	/* Without NUMA a number that is no address stands here (BAD_ALIEN_MAGIC). */
	if (!memory_is_kernel(walk->kernel->memory, alien))
		return NULL;
	for (unsigned i = 0; i < slab_nodes(walk->kernel); i++)
		if (read_pointer(walk, alien + i * 8, &array))
			TRY(read_array(walk, array, (struct free_place){FREE_ALIEN_ARRAY, node}));
	return NULL;
}

static struct err *read_node(struct array_walk *walk, uint64_t list, unsigned node)
{
	uint64_t shared, alien;

	if (!err_ok(member_read(walk->kernel, list, MEMBER_LIST3_SHARED, &shared)) ||
	    !err_ok(member_read(walk->kernel, list, MEMBER_LIST3_ALIEN, &alien))) {
		walk->complete = false;
		return NULL;
	}
	TRY(read_array(walk, shared, (struct free_place){FREE_SHARED_ARRAY, node}));
	return read_alien(walk, alien, node);
}

struct err *slab_arrays_each(struct kernel *kernel, const struct slab_cache *cache,
			     free_object_fn *each, void *context, bool *complete)
{
	const struct member *nodes = members_get(kernel->members, MEMBER_CACHE_NODE);
	struct array_walk walk = {.kernel = kernel,
				  .cache = cache,
				  .each = each,
				  .context = context,
				  .complete = true};
	uint64_t list;

	if (!cache->arrays)
		return NULL;
	TRY(read_cpus(&walk));
	for (unsigned node = 0; nodes && node < slab_nodes(kernel); node++)
		if (read_pointer(&walk, cache->address + member_offset(nodes) + node * 8, &list) &&
		    list)
			TRY(read_node(&walk, list, node));
	*complete = *complete && walk.complete;
	return NULL;
}
