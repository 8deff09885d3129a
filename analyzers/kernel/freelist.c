/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/freelist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/object.h"

const char *freelist_break_name(const struct freelist_break *broken)
{
	static const char *const names[] = {
		"whole", "points outside of its slab", "points into the middle of an object",
		"comes back to an object already on it", "cannot be read",
	};

	return names[broken->why];
}

/* The index of an object's start, or -1: what every pointer on a free list must be. */
static int64_t index_of(const struct slab *slab, uint64_t pointer, struct freelist_break *broken)
{
	uint64_t from = pointer - slab->base - slab->cache->red_left_pad;

	if (pointer < slab->base || from / slab->cache->size >= slab->objects) {
		broken->why = BREAK_OUTSIDE;
		return -1;
	}
	if (from % slab->cache->size) {
		broken->why = BREAK_MISALIGNED;
		return -1;
	}
	return (int64_t)(from / slab->cache->size);
}

static bool is_object(const struct slab *slab, uint64_t pointer)
{
	struct freelist_break ignored;

	return !pointer || index_of(slab, pointer, &ignored) >= 0;
}

/*
 * Hardened pointers are xored with the cache's random number and the address they are stored at:
 * as it is (2482ddec670f v4.14), or with its bytes swapped (1ad53d9fa3f6 v5.7 and back-ports).
 */
struct err *freelist_next(struct kernel *kernel, const struct slab *slab, uint64_t object,
			  uint64_t *raw, uint64_t *next)
{
	uint64_t at = object + slab->cache->offset;

	TRY(memory_read_u64(kernel->memory, at, raw));
	*next = *raw;
	if (!slab->cache->hardened)
		return NULL;
	*next = *raw ^ slab->cache->random ^ __builtin_bswap64(at);
	if (!is_object(slab, *next) && is_object(slab, *raw ^ slab->cache->random ^ at))
		*next = *raw ^ slab->cache->random ^ at;
	return NULL;
}

struct err *freelist_walk(struct kernel *kernel, const struct slab *slab, uint64_t first,
			  uint8_t *bits, struct freelist_break *broken)
{
	_free_ uint8_t *own = bits ? NULL : calloc(slab->objects, 1);
	uint8_t *seen = bits ? bits : own;
	struct freelist_break last = {.raw = first, .decoded = first};

	if (!seen)
		return &err_nomem;
	*broken = (struct freelist_break){0};
	for (uint64_t object = first; object;) {
		int64_t index = index_of(slab, object, &last);

		if (index >= 0 && seen[index]) {
			last.why = BREAK_LOOP;
			index = -1;
		}
		if (index < 0) {
			*broken = last;
			return NULL;
		}
		seen[index] = 1;
		last.object = object;
		struct err *err = freelist_next(kernel, slab, object, &last.raw, &last.decoded);
		if (err == &err_nomem)
			return err;
		if (!err_ok(err)) {
			last.why = BREAK_UNREADABLE;
			*broken = last;
			return NULL;
		}
		object = last.decoded;
	}
	return NULL;
}

struct err *freelist_on_cpus(struct kernel *kernel, struct slab_object *object, uint8_t *bits)
{
	const struct slab *slab = &object->slab;

	if (!slab->cache->cpu_slab || !kernel->percpu)
		return NULL;
	for (unsigned cpu = 0; cpu < percpu_cpus(kernel->percpu); cpu++) {
		uint64_t area, current, first;
		struct freelist_break broken;

		if (!err_ok(percpu_address(kernel->percpu, slab->cache->cpu_slab, cpu, &area)) ||
		    !err_ok(member_read(kernel, area, LAYOUT_CPU_SLAB_SLAB, &current)) ||
		    current != slab->address ||
		    !err_ok(member_read(kernel, area, LAYOUT_CPU_SLAB_FREELIST, &first)))
			continue;
		TRY(freelist_walk(kernel, slab, first, bits, &broken));
		if (broken.why != BREAK_NONE)
			object->broken = broken;
		if (!bits[object->index])
			continue;
		object->state = OBJECT_FREE;
		snprintf(object->where, sizeof(object->where), "the free list of CPU %u", cpu);
		return NULL;
	}
	return NULL;
}

#define SHEAF_MAX 4096	  /* objects in a sheaf */
#define BARN_MAX 1024	  /* sheaves in a barn */
#define NODES_MAX 1024

/* Does this sheaf hold the object? An unreadable one holds nothing that could be said. */
static bool in_sheaf(struct kernel *kernel, uint64_t sheaf, uint64_t object)
{
	const struct member *objects = layout_get(kernel->layout, LAYOUT_SHEAF_OBJECTS);
	uint64_t size, pointers[64];

	if (!sheaf || !objects || !err_ok(member_read(kernel, sheaf, LAYOUT_SHEAF_SIZE, &size)))
		return false;
	size = MIN((uint32_t)size, SHEAF_MAX);
	for (uint64_t done = 0; done < size;) {
		size_t count = MIN(ARRAY_SIZE(pointers), size - done);

		if (!err_ok(memory_read(kernel->memory, sheaf + member_offset(objects) + done * 8,
					pointers, count * 8)))
			return false;
		for (size_t i = 0; i < count; i++)
			if (pointers[i] == object)
				return true;
		done += count;
	}
	return false;
}

static bool cpu_sheaves_hold(struct kernel *kernel, struct slab_object *object, unsigned cpu)
{
	static const enum layout_id members[] = {LAYOUT_SHEAVES_MAIN, LAYOUT_SHEAVES_SPARE,
						 LAYOUT_SHEAVES_RCU_FREE};
	uint64_t area, sheaf;

	if (!err_ok(percpu_address(kernel->percpu, object->slab.cache->cpu_sheaves, cpu, &area)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (layout_has(kernel->layout, members[i]) &&
		    err_ok(member_read(kernel, area, members[i], &sheaf)) &&
		    in_sheaf(kernel, sheaf, object->start)) {
			snprintf(object->where, sizeof(object->where), "a sheaf of CPU %u", cpu);
			return true;
		}
	return false;
}

static bool barn_holds(struct kernel *kernel, struct slab_object *object, uint64_t barn)
{
	const struct member *full = layout_get(kernel->layout, LAYOUT_BARN_FULL);
	const struct member *list = layout_get(kernel->layout, LAYOUT_SHEAF_LIST);
	_list_walk_ struct list_walk walk = {0};

	if (!barn || !full || !list)
		return false;
	list_walk_init(&walk, kernel, barn + member_offset(full), BARN_MAX);
	while (list_walk_next(&walk))
		if (in_sheaf(kernel, walk.node - member_offset(list), object->start)) {
			snprintf(object->where, sizeof(object->where), "a full sheaf");
			return true;
		}
	return false;
}

/* kmem_cache.node[] or, since 7.x, per_node[].{node,barn}: one entry a NUMA node. */
static bool barns_hold(struct kernel *kernel, struct slab_object *object)
{
	const struct member *nodes = layout_get(kernel->layout, LAYOUT_CACHE_NODE);
	const struct member *barn = layout_get(kernel->layout, LAYOUT_CACHE_NODE_BARN);

	if (!nodes || !barn || nodes->type.kind != TYPE_ARRAY)
		return false;
	struct type entry = type_target(nodes->type);
	uint64_t stride = type_size(entry);
	size_t count = MIN(type_count(nodes->type), NODES_MAX);
	for (size_t i = 0; i < count && stride; i++) {
		uint64_t at = object->slab.cache->address + member_offset(nodes) + i * stride;
		uint64_t address;

		if (entry.kind == TYPE_POINTER &&
		    (!err_ok(memory_read_u64(kernel->memory, at, &at)) || !at))
			continue;
		if (err_ok(memory_read_u64(kernel->memory, at + member_offset(barn), &address)) &&
		    barn_holds(kernel, object, address))
			return true;
	}
	return false;
}

struct err *sheaves_hold(struct kernel *kernel, struct slab_object *object)
{
	if (!object->slab.cache->cpu_sheaves || !kernel->percpu)
		return NULL;
	for (unsigned cpu = 0; cpu < percpu_cpus(kernel->percpu); cpu++)
		if (cpu_sheaves_hold(kernel, object, cpu)) {
			object->state = OBJECT_FREE;
			return NULL;
		}
	if (barns_hold(kernel, object))
		object->state = OBJECT_FREE;
	return NULL;
}
