/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caches of slabs: reading and remembering them. */
#include "kernel/mm/slab_caches.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/kasan.h"
#include "kernel/mm/slab_array.h"
#include "kernel/mm/slab_track.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"

#define CACHES_MAX 65536 /* memcg once gave each group its own */
#define OBJECT_SIZE_MAX (4u << 20)

struct slab_caches {
	struct map by_address; /* kmem_cache address → struct slab_cache * */
};

void slab_caches_close(struct slab_caches *caches)
{
	if (!caches)
		return;
	for (size_t i = 0; i < caches->by_address.count; i++)
		free((struct slab_cache *)(uintptr_t)caches->by_address.entries[i].value);
	map_deinit(&caches->by_address);
	free(caches);
}

/* An optional member: absent in this era means 0. */
static struct err *read_optional(struct kernel *kernel, uint64_t object, enum member_id id,
				 uint64_t *ret)
{
	*ret = 0;
	return members_has(kernel->members, id) ? member_read(kernel, object, id, ret) : NULL;
}

static struct err *read_name(struct kernel *kernel, struct slab_cache *cache)
{
	uint64_t name;

	if (!TRY_OK(member_read(kernel, cache->address, MEMBER_CACHE_NAME, &name)) ||
	    !TRY_OK(memory_read_string(kernel->memory, name, cache->name, sizeof(cache->name))) ||
	    !is_printable(cache->name, strlen(cache->name)))
		copy_string(cache->name, sizeof(cache->name), "?");
	return NULL;
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
	return slab_track_read_cache(kernel, cache);
}

static struct err *read_cache(struct kernel *kernel, uint64_t address, struct slab_cache *cache)
{
	*cache = (struct slab_cache){.address = address};
	TRY(member_read(kernel, address, MEMBER_CACHE_SIZE, &cache->size));
	cache->size = (uint32_t)cache->size;
	TRY(slab_array_used(kernel) ? slab_array_read_cache(kernel, cache)
				    : read_slub(kernel, cache));
	if (!cache->size || cache->size > OBJECT_SIZE_MAX || cache->object_size > cache->size ||
	    cache->offset >= cache->size || cache->red_left_pad >= cache->size)
		return err_at(ERR_CORRUPT, address, "kmem_cache has absurd sizes");
	cache->kasan = kasan_present(kernel);
	return read_name(kernel, cache);
}

struct err *slab_caches_get(struct kernel *kernel, uint64_t address, const struct slab_cache **ret)
{
	struct slab_caches *caches = kernel->slab_caches;

	if (!caches && !(caches = kernel->slab_caches = calloc(1, sizeof(*caches))))
		return &err_nomem;
	uint64_t *known = map_get(&caches->by_address, address);
	if (known) {
		*ret = (const struct slab_cache *)(uintptr_t)*known;
		return NULL;
	}
	_free_ struct slab_cache *cache = malloc(sizeof(*cache));
	if (!cache)
		return &err_nomem;
	TRY(read_cache(kernel, address, cache));
	if (!map_set(&caches->by_address, address, (uintptr_t)cache))
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

		if (TRY_OK(slab_caches_get(kernel, walk.node - member_offset(list), &cache)))
			TRY(each(context, cache));
	}
	return take_ptr(walk.err);
}
