/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP_FORMAT
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP_FORMAT

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kernel/dump/dump_file.h"

/*
 * The kdump-compressed format on disk, as a 64-bit writer lays it out (makedumpfile's IMPLEMENTATION
 * and diskdump_mod.h). In blocks of block_size bytes: the header, the sub header, two bitmaps with a
 * bit a page frame (what is RAM; what of it is in the file), then a descriptor for each page in the
 * file, in the order of the pages, and their data.
 */

/* struct disk_dump_header */
struct kdump_header {
	char signature[8];
	uint32_t version;
	char sysname[65], nodename[65], release[65], build[65], machine[65], domain[65];
	char pad[6];
	int64_t time_seconds, time_microseconds;
	uint32_t status;
	uint32_t block_size;
	uint32_t sub_header_blocks;
	uint32_t bitmap_blocks; /* of both together */
	uint32_t max_mapnr;
	uint32_t counters[4];
	uint32_t cpu_count;
};

#define KDUMP_VERSION_MAX 6
#define KDUMP_STATUS_INCOMPLETE 0x8 /* the writer ran out of room */

/* struct kdump_sub_header; later versions of the header made it longer. */
struct kdump_sub_header {
	uint64_t phys_base;
	uint32_t dump_level; /* version 1 */
	uint32_t split;	     /* 2 */
	uint64_t start_pfn, end_pfn;
	struct file_range vmcoreinfo;			 /* 3 */
	struct file_range notes;			 /* 4 */
	struct file_range eraseinfo;			 /* 5 */
	uint64_t start_pfn_64, end_pfn_64, max_mapnr_64; /* 6 */
};

/* struct page_desc */
struct kdump_descriptor {
	uint64_t offset; /* in the file, of the page's data */
	uint32_t size;
	uint32_t flags; /* how it is compressed: decompress.h */
	uint64_t page_flags;
};

static inline bool kdump_is_signature(const char signature[8])
{
	return !memcmp(signature, "KDUMP   ", 8) || !memcmp(signature, "DISKDUMP", 8);
}

#endif
