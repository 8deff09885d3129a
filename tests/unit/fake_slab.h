/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_SLAB_H
#define TRIAGE_FAKE_SLAB_H

#include "fake_kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/freelist.h"
#include "kernel/mm/owner.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/slab_find.h"

/*
 * Stands in for kernel/mm/slab_find.c and freelist.c: a few slabs in fake memory, all of their
 * objects allocated unless said otherwise. Include it in one file of a test program.
 */
static struct {
	struct slab slabs[8];
	struct slab_cache caches[8];
	uint64_t free[8]; /* starts of the objects that are free */
	size_t count, free_count;
	unsigned asked; /* calls of slab_find() */
} fake_slabs;

static inline const struct slab *fake_slab(const char *name, uint64_t base, uint64_t size,
					   unsigned objects)
{
	struct slab_cache *cache = &fake_slabs.caches[fake_slabs.count];
	struct slab *slab = &fake_slabs.slabs[fake_slabs.count++];

	*cache = (struct slab_cache){.size = size, .object_size = size};
	copy_string(cache->name, sizeof(cache->name), name);
	*slab = (struct slab){.cache = cache, .base = base, .objects = objects, .inuse = objects};
	return slab;
}

struct err *slab_find(struct kernel *of, uint64_t va, struct slab_object *ret)
{
	(void)of;
	fake_slabs.asked++;
	for (size_t i = 0; i < fake_slabs.count; i++) {
		const struct slab *slab = &fake_slabs.slabs[i];
		uint64_t index = (va - slab->base) / slab->cache->size;

		if (va < slab->base || index >= slab->objects)
			continue;
		*ret = (struct slab_object){
			.slab = *slab, .index = (unsigned)index, .state = OBJECT_ALLOCATED};
		ret->start = slab_object_start(slab, ret->index);
		ret->offset = (int64_t)(va - ret->start);
		for (size_t j = 0; j < fake_slabs.free_count; j++)
			if (fake_slabs.free[j] == ret->start)
				ret->state = OBJECT_FREE;
		return NULL;
	}
	return err_at(ERR_NOT_FOUND, va, "not in a slab");
}

/* A test of real free lists defines FAKE_REAL_FREELIST. */
#ifndef FAKE_REAL_FREELIST

/* Stored as it is: no hardening. */
struct err *freelist_next(struct kernel *of, const struct slab *slab, uint64_t object,
			  uint64_t *raw, uint64_t *next)
{
	TRY(memory_read_u64(of->memory, object + slab->cache->offset, raw));
	*next = *raw;
	return NULL;
}

const char *freelist_break_name(const struct freelist_break *broken)
{
	return broken->why == BREAK_LOOP ? "comes back to an object already on it"
					 : "points outside of its slab";
}

#endif

struct err *memory_read_u8(struct memory *memory, uint64_t va, uint8_t *ret)
{
	return memory_read(memory, va, ret, 1);
}

#endif
