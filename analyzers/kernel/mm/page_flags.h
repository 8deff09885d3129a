/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_PAGE_FLAGS
#define TRIAGE_KERNEL_MM_PAGE_FLAGS

#include <stddef.h>
#include <stdint.h>

struct kernel;

/*
 * How this kernel marks its pages (include/linux/page-flags.h): looked up by name once, and again
 * after a new source of types has come.
 */
struct page_flags {
	size_t generation; /* of types, plus one; 0: not looked up yet */
	uint64_t size;	   /* of struct page in bytes; 0 unknown */
	/* Masks for page->flags; 0: no such flag. */
	uint64_t tail, slab, buddy, reserved, locked, writeback, up_to_date;
	/* What page->page_type, or _mapcount, holds in such a page; 0: not told by it. */
	uint32_t slab_type, buddy_type;
	/* Top bytes of page->page_type (since v6.12); 0: no such type. */
	uint8_t table, large_kmalloc, offline, hugetlb;
};

/* NULL when memory runs out. */
const struct page_flags *page_flags(struct kernel *kernel);

#endif
