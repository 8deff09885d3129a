/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bitmaps of a kdump file: blocks of them, single bits, and counts. */
#include "kernel/dump/dump_bitmap.h"

#include <string.h>

#include "base/parse.h"

/* Blocks of a bitmap that are held. */
#define SLOTS 16

struct bitmap_cache {
	uint64_t held[SLOTS]; /* block number + 1; 0 = none */
	uint8_t blocks[SLOTS][BITMAP_BLOCK];
};

struct err *bitmap_open(struct bitmap *bitmap, struct dump_file *file, uint64_t offset,
			uint64_t size)
{
	struct bitmap_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		return &err_nomem;
	*bitmap = (struct bitmap){file, offset, size, cache};
	return NULL;
}

void bitmap_close(struct bitmap *bitmap)
{
	free(bitmap->cache);
	bitmap->cache = NULL;
}

struct err *bitmap_block(struct bitmap *bitmap, uint64_t block, const uint8_t **ret)
{
	struct bitmap_cache *cache = bitmap->cache;
	uint64_t offset = block * BITMAP_BLOCK;
	size_t slot = block % SLOTS;

	if (cache->held[slot] != block + 1) {
		cache->held[slot] = 0;
		memset(cache->blocks[slot], 0, BITMAP_BLOCK);
		if (offset < bitmap->size)
			TRY(dump_file_read(bitmap->file, bitmap->offset + offset,
					   cache->blocks[slot],
					   (size_t)MIN(bitmap->size - offset, BITMAP_BLOCK)));
		cache->held[slot] = block + 1;
	}
	*ret = cache->blocks[slot];
	return NULL;
}

struct err *bitmap_test(struct bitmap *bitmap, uint64_t pfn, bool *ret)
{
	const uint8_t *bits;

	TRY(bitmap_block(bitmap, pfn / BITMAP_BLOCK_PFNS, &bits));
	*ret = bitmap_is_set(bits, pfn);
	return NULL;
}

#ifdef __clang__ /* clang 14 gives the clones' resolver a name that no linker finds */
#define CLONES
#else
#define CLONES __attribute__((target_clones("popcnt", "default")))
#endif

/* Counted once a page: worth the instruction where the CPU has it. */
CLONES unsigned bitmap_count(const uint8_t *bits, size_t count)
{
	unsigned total = 0;
	size_t i = 0;

	for (; i + 64 <= count; i += 64)
		total += (unsigned)__builtin_popcountll(load_u64(bits + i / 8));
	for (; i < count; i++)
		total += bits[i / 8] >> (i % 8) & 1;
	return total;
}
