/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays of pointers to free objects, as CPUs and nodes keep them. */
#include "kernel/mm/free_walk.h"

#include "kernel/memory/memory.h"

struct err *free_walk_array(struct free_walk *walk, uint64_t array, uint64_t count,
			    struct free_place place)
{
	/* SLAB's arrays point at the red zone in front of an object. */
	uint64_t pad = walk->cache->arrays ? walk->cache->red_left_pad : 0, pointers[64];

	for (uint64_t done = 0; done < count;) {
		size_t step = MIN(ARRAY_SIZE(pointers), count - done);

		if (!TRY_OK(memory_read(walk->kernel->memory, array + done * 8, pointers,
					step * 8))) {
			walk->complete = false;
			return NULL;
		}
		for (size_t i = 0; i < step; i++)
			TRY(walk->each(walk->context, pointers[i] + pad, place));
		done += step;
	}
	return NULL;
}
