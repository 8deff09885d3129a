/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Red zones and tracks: what slab debugging notes beside an object. */
#include "kernel/mm/slab_track.h"

#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/* include/linux/poison.h */
#define RED_INACTIVE 0xbb
#define RED_ACTIVE 0xcc
#define RED_MAX 4096 /* red_left_pad is the cache's alignment at most */

/* A flag of kmem_cache: by its bit's enumerator since v6.9, before that always the same value. */
static uint64_t cache_flag(struct kernel *kernel, const char *bit_name, uint64_t before)
{
	uint64_t bit;

	if (types_find(kernel->types, TYPE_ENUM, "_slab_flag_bits").kind == TYPE_NONE)
		return before;
	return types_enumerator(kernel->types, "_slab_flag_bits", bit_name, &bit) && bit < 32
		       ? UINT64_C(1) << bit
		       : 0;
}

struct err *slab_track_read_cache(struct kernel *kernel, struct slab_cache *cache)
{
	uint64_t flags, inuse, size = type_size(types_find_struct(kernel->types, "track"));

	if (!members_has(kernel->members, MEMBER_CACHE_FLAGS) ||
	    !members_has(kernel->members, MEMBER_CACHE_INUSE))
		return NULL;
	TRY(member_read(kernel, cache->address, MEMBER_CACHE_FLAGS, &flags));
	TRY(member_read(kernel, cache->address, MEMBER_CACHE_INUSE, &inuse));
	cache->red_zone = flags & cache_flag(kernel, "_SLAB_RED_ZONE", 0x400) &&
			  cache->red_left_pad && cache->red_left_pad <= RED_MAX;
	if (!(flags & cache_flag(kernel, "_SLAB_STORE_USER", 0x10000)) || !size)
		return NULL;
	/* Behind what the user sees, its red zone, and the free pointer where that is outside. */
	uint64_t at = (uint32_t)inuse + (cache->offset >= (uint32_t)inuse ? 8 : 0);
	if (at >= cache->object_size && cache->red_left_pad + at + 2 * size <= cache->size)
		cache->tracks = at;
	return NULL;
}

/* One that was overwritten, or never written and holds poison, is left empty. */
static struct err *read_track(struct kernel *kernel, uint64_t at, struct slab_track *ret)
{
	uint64_t address, cpu, pid;

	if (!TRY_OK(member_read(kernel, at, MEMBER_TRACK_ADDR, &address)) ||
	    !TRY_OK(member_read(kernel, at, MEMBER_TRACK_CPU, &cpu)) ||
	    !TRY_OK(member_read(kernel, at, MEMBER_TRACK_PID, &pid)))
		return NULL;
	enum va_class class = memory_class(kernel->memory, address);
	if ((class != VA_IMAGE && class != VA_MODULE) || (uint32_t)cpu >= PERCPU_MAX ||
	    (int32_t)pid < 0)
		return NULL;
	*ret = (struct slab_track){.address = address, .cpu = (unsigned)cpu, .pid = (int32_t)pid};
	if (kernel->symbols)
		symbols_format_return(kernel->symbols, address, ret->symbol, sizeof(ret->symbol));
	return NULL;
}

static struct err *read_red_zone(struct kernel *kernel, const struct slab_object *object,
				 enum red_zone *ret)
{
	uint64_t size = object->slab.cache->red_left_pad;
	uint8_t bytes[RED_MAX];

	*ret = RED_ZONE_NONE;
	if (!TRY_OK(memory_read(kernel->memory, object->start - size, bytes, size)))
		return NULL;
	*ret = bytes[0] == RED_ACTIVE	  ? RED_ZONE_ALLOCATED
	       : bytes[0] == RED_INACTIVE ? RED_ZONE_FREE
					  : RED_ZONE_OVERWRITTEN;
	for (uint64_t i = 1; i < size; i++)
		if (bytes[i] != bytes[0])
			*ret = RED_ZONE_OVERWRITTEN;
	return NULL;
}

/* What the red zone tells of an object's state where the lists don't. */
static void correct_state(struct slab_object *object)
{
	if (object->state == OBJECT_UNKNOWN && object->red_zone == RED_ZONE_ALLOCATED)
		object->state = OBJECT_ALLOCATED;
	if (object->state == OBJECT_FREE || object->red_zone != RED_ZONE_FREE)
		return;
	/*
	 * On no list and yet free: it is being allocated, or its slab was given up as corrupt, all
	 * of its objects "marked used".
	 */
	object->state = OBJECT_FREE;
	copy_string(object->where, sizeof(object->where), "no list, but by its red zone");
}

struct err *slab_track_read(struct kernel *kernel, struct slab_object *object)
{
	const struct slab_cache *cache = object->slab.cache;
	uint64_t first = object->start + cache->tracks;

	if (cache->tracks) {
		uint64_t size = type_size(types_find_struct(kernel->types, "track"));

		TRY(read_track(kernel, first, &object->allocated));
		TRY(read_track(kernel, first + size, &object->freed));
	}
	if (cache->red_zone) {
		TRY(read_red_zone(kernel, object, &object->red_zone));
		correct_state(object);
	}
	return NULL;
}
