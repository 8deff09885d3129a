/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_BITMAP
#define TRIAGE_KERNEL_DUMP_DUMP_BITMAP

#include "kernel/dump/dump_file.h"

/* The bitmaps of a kdump file, of a bit a page frame: read and counted in blocks of this many bytes. */
#define BITMAP_BLOCK 4096u
#define BITMAP_BLOCK_PFNS (BITMAP_BLOCK * 8ull)

/* A bitmap in the file, of which only a few blocks are held. */
struct bitmap {
	struct dump_file *file;
	uint64_t offset;
	uint64_t size; /* bytes */
	struct bitmap_cache *cache;
};

/* size bytes at offset of the file, which must outlive the bitmap. */
struct err *bitmap_open(struct bitmap *bitmap, struct dump_file *file, uint64_t offset,
			uint64_t size);
void bitmap_close(struct bitmap *bitmap);
/* The bits of BITMAP_BLOCK_PFNS pages, zeros past the end; good until the next call. */
struct err *bitmap_block(struct bitmap *bitmap, uint64_t block, const uint8_t **ret);
struct err *bitmap_test(struct bitmap *bitmap, uint64_t pfn, bool *ret);
/* Is the bit of pfn set, in the block it belongs to? */
static inline bool bitmap_is_set(const uint8_t *block, uint64_t pfn)
{
	return block[pfn % BITMAP_BLOCK_PFNS / 8] >> (pfn % 8) & 1;
}
/* Bits set among the first count. */
unsigned bitmap_count(const uint8_t *bits, size_t count);

#endif
