/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/mm/slab.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/kasan.h"
#include "kernel/mm/slab_array.h"
#include "kernel/mm/slab_state.h"
#include "kernel/mm/slab_track.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define CACHES_MAX 65536 /* memcg once gave each group its own */
#define OBJECT_SIZE_MAX (4u << 20)
#define NODES_MAX 1024

struct slabs {
	struct map caches; /* kmem_cache address → struct slab_cache * */
};

void slabs_close(struct slabs *slabs)
{
	if (!slabs)
		return;
	for (size_t i = 0; i < map_slots(&slabs->caches); i++) {
		uint64_t key, value;

		if (map_slot(&slabs->caches, i, &key, &value))
			free((struct slab_cache *)(uintptr_t)value);
	}
	map_deinit(&slabs->caches);
	free(slabs);
}

/* An optional member: absent in this era means 0. */
static struct err *read_optional(struct kernel *kernel, uint64_t object, enum member_id id,
				 uint64_t *ret)
{
	*ret = 0;
	return members_has(kernel->members, id) ? member_read(kernel, object, id, ret) : NULL;
}

static void read_name(struct kernel *kernel, struct slab_cache *cache)
{
	uint64_t name;

	copy_string(cache->name, sizeof(cache->name), "?");
	if (!err_ok(member_read(kernel, cache->address, MEMBER_CACHE_NAME, &name)) ||
	    !err_ok(memory_read_string(kernel->memory, name, cache->name, sizeof(cache->name))) ||
	    !is_printable(cache->name, strlen(cache->name)))
		copy_string(cache->name, sizeof(cache->name), "?");
}

static struct err *read_slub(struct kernel *kernel, struct slab_cache *cache)
{
	uint64_t address = cache->address;

	TRY(member_read(kernel, address, MEMBER_CACHE_OBJECT_SIZE, &cache->object_size));
	TRY(member_read(kernel, address, MEMBER_CACHE_OFFSET, &cache->offset));
	TRY(read_optional(kernel, address, MEMBER_CACHE_RED_LEFT_PAD, &cache->red_left_pad));
	TRY(read_optional(kernel, address, MEMBER_CACHE_RANDOM, &cache->random));
	TRY(read_optional(kernel, address, MEMBER_CACHE_CPU_SLAB, &cache->cpu_slab));
	TRY(read_optional(kernel, address, MEMBER_CACHE_CPU_SHEAVES, &cache->cpu_sheaves));
	cache->hardened = members_has(kernel->members, MEMBER_CACHE_RANDOM);
	return slab_debug_cache(kernel, cache);
}

static struct err *read_cache(struct kernel *kernel, uint64_t address, struct slab_cache *cache)
{
	*cache = (struct slab_cache){.address = address};
	TRY(member_read(kernel, address, MEMBER_CACHE_SIZE, &cache->size));
	cache->size = (uint32_t)cache->size;
	TRY(slab_has_arrays(kernel) ? slab_array_cache(kernel, cache) : read_slub(kernel, cache));
	if (!cache->size || cache->size > OBJECT_SIZE_MAX || cache->object_size > cache->size ||
	    cache->offset >= cache->size || cache->red_left_pad >= cache->size)
		return err_at(ERR_CORRUPT, address, "kmem_cache has absurd sizes");
	cache->kasan = kasan_present(kernel);
	read_name(kernel, cache);
	return NULL;
}

struct err *slab_cache_get(struct kernel *kernel, uint64_t address, const struct slab_cache **ret)
{
	if (!kernel->slabs && !(kernel->slabs = calloc(1, sizeof(*kernel->slabs))))
		return &err_nomem;
	uint64_t *known = map_get(&kernel->slabs->caches, address);
	if (known) {
		*ret = (const struct slab_cache *)(uintptr_t)*known;
		return NULL;
	}
	_free_ struct slab_cache *cache = malloc(sizeof(*cache));
	if (!cache)
		return &err_nomem;
	TRY(read_cache(kernel, address, cache));
	if (!map_set(&kernel->slabs->caches, address, (uintptr_t)cache))
		return &err_nomem;
	*ret = take_ptr(cache);
	return NULL;
}

struct err *slab_caches_each(struct kernel *kernel,
			     struct err *(*each)(void *context, const struct slab_cache *cache),
			     void *context)
{
	const struct member *list = members_get(kernel->members, MEMBER_CACHE_LIST);
	_list_walk_ struct list_walk walk = {0};
	uint64_t head;

	/* SLAB had a list of its own until v3.6. */
	if (!list || !kernel->symbols ||
	    (!symbols_find(kernel->symbols, "slab_caches", &head) &&
	     !symbols_find(kernel->symbols, "cache_chain", &head)))
		return err_new(ERR_NOT_FOUND, "no list of slab caches");
	list_walk_init(&walk, kernel, head, CACHES_MAX);
	while (list_walk_next(&walk)) {
		const struct slab_cache *cache;
		struct err *err = slab_cache_get(kernel, walk.node - member_offset(list), &cache);

		if (err == &err_nomem)
			return err;
		if (err_ok(err))
			TRY(each(context, cache));
	}
	return take_ptr(walk.err);
}

struct err *slab_of_page(struct kernel *kernel, const struct page_info *page, struct slab *ret)
{
	uint64_t cache, objects, inuse, frozen;
	struct slab slab = {.address = page->head};

	if (slab_has_arrays(kernel))
		return slab_array_of_page(kernel, page, ret);
	TRY(member_read(kernel, page->head, MEMBER_SLAB_CACHE, &cache));
	TRY(slab_cache_get(kernel, cache, &slab.cache));
	TRY(member_read(kernel, page->head, MEMBER_SLAB_FREELIST, &slab.freelist));
	TRY(member_read(kernel, page->head, MEMBER_SLAB_OBJECTS, &objects));
	TRY(member_read(kernel, page->head, MEMBER_SLAB_INUSE, &inuse));
	TRY(read_optional(kernel, page->head, MEMBER_SLAB_FROZEN, &frozen));
	slab.objects = (unsigned)objects;
	slab.inuse = (unsigned)inuse;
	slab.frozen = frozen & 1;
	slab.base = memory_phys_to_virt(kernel->memory, page->head_phys);
	if (!slab.objects || slab.objects > SLAB_OBJECTS_MAX || slab.inuse > slab.objects)
		return err_at(ERR_CORRUPT, page->head, "slab has absurd counts");
	*ret = slab;
	return NULL;
}

uint64_t slab_object_start(const struct slab *slab, unsigned index)
{
	return slab->base + index * slab->cache->size + slab->cache->red_left_pad;
}

unsigned slab_nodes(struct kernel *kernel)
{
	const struct member *nodes = members_get(kernel->members, MEMBER_CACHE_NODE);
	uint64_t ids;

	if (!nodes || nodes->type.kind != TYPE_ARRAY)
		return 0;
	/* Where MAX_NUMNODES is 1, nr_node_ids is no variable. */
	if (!err_ok(variable_read(kernel, "nr_node_ids", 4, &ids)))
		ids = 1;
	return (unsigned)MIN(MIN(ids, type_count(nodes->type)), NODES_MAX);
}

struct err *slab_find(struct kernel *kernel, uint64_t va, struct slab_object *ret)
{
	struct slab_object object = {0};
	struct page_info page;
	uint64_t phys;

	if (!memory_virt_to_phys_linear(kernel->memory, va, &phys))
		return err_at(ERR_NOT_FOUND, va, "not in the direct map");
	TRY(page_of_phys(kernel, phys, &page));
	if (page.use != PAGE_USE_SLAB)
		return err_at(ERR_NOT_FOUND, va, "not in a slab");
	TRY(slab_states_slab(kernel, &page, &object.slab));

	uint64_t index = (va - object.slab.base) / object.slab.cache->size;
	if (va < object.slab.base || index >= object.slab.objects)
		return err_at(ERR_NOT_FOUND, va, "behind the last object of a slab of %s",
			      object.slab.cache->name);
	object.index = (unsigned)index;
	object.start = slab_object_start(&object.slab, object.index);
	object.offset = (int64_t)(va - object.start);
	TRY(slab_states_find(kernel, &object));
	kasan_correct(kernel, &object);
	slab_debug_read(kernel, &object);
	*ret = object;
	return NULL;
}
