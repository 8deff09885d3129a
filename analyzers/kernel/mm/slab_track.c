/* SPDX-License-Identifier: GPL-2.0-or-later */
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

struct err *slab_debug_cache(struct kernel *kernel, struct slab_cache *cache)
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

static void read_track(struct kernel *kernel, uint64_t at, struct slab_track *ret)
{
	struct slab_track track = {0};
	uint64_t cpu, pid;

	if (!err_ok(member_read(kernel, at, MEMBER_TRACK_ADDR, &track.address)) ||
	    !err_ok(member_read(kernel, at, MEMBER_TRACK_CPU, &cpu)) ||
	    !err_ok(member_read(kernel, at, MEMBER_TRACK_PID, &pid)))
		return;
	/* Overwritten, or never written: then there is poison. */
	enum va_class class = memory_class(kernel->memory, track.address);
	if ((class != VA_IMAGE && class != VA_MODULE) || (uint32_t)cpu >= PERCPU_MAX ||
	    (int32_t)pid < 0)
		return;
	track.cpu = (unsigned)cpu;
	track.pid = (int32_t)pid;
	if (kernel->symbols)
		symbols_format_return(kernel->symbols, track.address, track.symbol,
				      sizeof(track.symbol));
	*ret = track;
}

static enum red_zone read_red_zone(struct kernel *kernel, const struct slab_object *object)
{
	uint64_t size = object->slab.cache->red_left_pad;
	uint8_t bytes[RED_MAX];

	if (!err_ok(memory_read(kernel->memory, object->start - size, bytes, size)))
		return RED_ZONE_NONE;
	for (uint64_t i = 0; i < size; i++)
		if (bytes[i] != bytes[0] || (bytes[0] != RED_ACTIVE && bytes[0] != RED_INACTIVE))
			return RED_ZONE_OVERWRITTEN;
	return bytes[0] == RED_ACTIVE ? RED_ZONE_ALLOCATED : RED_ZONE_FREE;
}

void slab_debug_read(struct kernel *kernel, struct slab_object *object)
{
	const struct slab_cache *cache = object->slab.cache;
	uint64_t size = type_size(types_find_struct(kernel->types, "track"));

	if (cache->tracks) {
		read_track(kernel, object->start + cache->tracks, &object->allocated);
		read_track(kernel, object->start + cache->tracks + size, &object->freed);
	}
	if (!cache->red_zone)
		return;
	object->red_zone = read_red_zone(kernel, object);
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
