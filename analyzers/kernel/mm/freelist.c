/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking a slab's list of free objects, and where it is broken. */
#include "kernel/mm/freelist.h"

#include <stdlib.h>

#include "kernel/memory/memory.h"
#include "kernel/mm/slab_array.h"

const char *freelist_break_name(const struct freelist_break *broken)
{
	static const char *const names[] = {
		"whole",
		"points outside of its slab",
		"points into the middle of an object",
		"comes back to an object already on it",
		"cannot be read",
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

	if (slab->cache->arrays)
		return slab_array_next(kernel, slab, object, raw, next);
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
	while (last.decoded) {
		uint64_t object = last.decoded;
		int64_t index = index_of(slab, object, &last);

		if (index < 0)
			break;
		if (seen[index]) {
			last.why = BREAK_LOOP;
			break;
		}
		seen[index] = 1;
		last.object = object;
		if (!TRY_OK(freelist_next(kernel, slab, object, &last.raw, &last.decoded))) {
			last.why = BREAK_UNREADABLE;
			break;
		}
	}
	if (last.why == BREAK_NONE)
		last = (struct freelist_break){0};
	*broken = last;
	return NULL;
}
