/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_CACHES
#define TRIAGE_KERNEL_PROBE_PROBE_CACHES

#include <stddef.h>

#include "base/error.h"

struct kernel;

#define CACHES_MAX 512u
#define CACHE_BYTES 512u /* of struct kmem_cache, in front of its lists of nodes */

/* A cache of the kernel's list, and the first bytes of its struct. */
struct cache_image {
	uint64_t address;
	uint32_t size, object_size; /* once those are known */
	uint32_t offset;
	uint8_t bytes[CACHE_BYTES]; /* zeroes where memory could not be read */
};

/* Where struct kmem_cache has its members, bytes. */
struct cache_images {
	struct cache_image *list;
	size_t count;
	size_t node, name, size, object_size, offset;
};

/*
 * Those on slab_caches, with what their own names tell: where the list's node, the name, both sizes
 * and the free pointer's offset are. count is 0 where that cannot be told. ERR_NOMEM.
 */
struct err *cache_images_open(struct kernel *kernel, struct cache_images *ret);
void cache_images_deinit(struct cache_images *images);
/* NULL for what is no cache of the list. */
const struct cache_image *cache_images_find(const struct cache_images *images, uint64_t address);

#endif
