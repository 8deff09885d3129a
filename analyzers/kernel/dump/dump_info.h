/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_INFO
#define TRIAGE_KERNEL_DUMP_DUMP_INFO

#include <stdbool.h>
#include <stdint.h>

/* What a dump says of itself, and what it may say of each of its pages. */

#define PAGE_SHIFT 12
#define PAGE_SIZE (1u << PAGE_SHIFT)

enum page_state {
	PAGE_PRESENT,
	PAGE_EXCLUDED, /* RAM of the machine, left out by makedumpfile */
	PAGE_ABSENT,   /* no RAM, or never meant for the dump */
	PAGE_TRUNCATED,
};

struct dump_info {
	const char *format;	 /* "elf", "kdump", "kdump-flattened", "elf-flattened" … */
	const char *compression; /* "none", "zlib", "lzo", "snappy", "zstd"; NULL while unknown */
	bool flattened;
	bool incomplete;     /* the header says so (status bit 0x8) */
	bool truncated;	     /* the file ends before the data it announces */
	int dump_level;	     /* makedumpfile -d, or -1 when not recorded */
	uint64_t size;	     /* of the file, in bytes */
	uint64_t whole_size; /* of the dump put in order, were nothing cut off; 0 unknown */
	uint64_t unplaced;   /* bytes of a raw image that may have been at several addresses */
	bool presumed; /* which page is which is not in the file: they are taken in its writer's order */
	uint64_t max_pfn; /* one more than the highest page frame number of the dump */
	/* utsname of the header; empty strings where the writer left them out (QEMU does) */
	char release[65], version[65], machine[65], nodename[65];
	int64_t crash_time; /* seconds since the epoch from the header, 0 = not recorded */
};

#endif
