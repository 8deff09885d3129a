/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP

#include "kernel/dump/dump_container.h"

/* Shared by dump_kdump.c, which reads single pages, and dump_kdump_sweep.c, which reads all. */

/* struct page_desc */
struct descriptor {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

/* Bits of a bitmap are counted and cached in blocks of this many bytes. */
#define BITMAP_BLOCK 4096u
#define BITMAP_BLOCK_PFNS (BITMAP_BLOCK * 8ull)

/* Where in the file a kdump-compressed dump has what. */
struct kdump_map {
	struct source *source;
	uint64_t exists, dumped; /* offsets of the two bitmaps */
	uint64_t descriptors;	 /* offset of the first */
	const uint64_t *rank;	 /* for each block of dumped: pages dumped before it */
	uint64_t max_pfn;
	uint64_t pages; /* dumped in all */
};

/* Bits set among the first count. */
unsigned count_bits(const uint8_t *bits, size_t count);
void kdump_sweep_pages(const struct kdump_map *map, struct sweep *sweep, uint64_t pfn,
		       uint64_t end);
uint64_t kdump_count_below(const struct kdump_map *map, uint64_t pfn);

#endif
