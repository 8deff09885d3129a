/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_PAGE
#define TRIAGE_KERNEL_MM_PAGE

#include "kernel/kernel.h"

/*
 * The struct page of a physical page (include/linux/mm_types.h), found through vmemmap. What a
 * page is used for has moved from flags to page_type over the years: VMCOREINFO's numbers say
 * how this kernel marks it.
 */
enum page_use {
	PAGE_USE_UNKNOWN,
	PAGE_USE_SLAB,
	PAGE_USE_BUDDY,	   /* free */
	PAGE_USE_FILE,	   /* page cache */
	PAGE_USE_ANON,	   /* anonymous user memory */
	PAGE_USE_RESERVED, /* firmware, kernel image, never given to the allocator */
	PAGE_USE_TABLE,	   /* page table (told from the rest since 6.12) */
	PAGE_USE_KMALLOC,  /* kmalloc() of more than a slab gives */
	PAGE_USE_OFFLINE,  /* given away by a balloon, or unplugged */
	PAGE_USE_HUGETLB,
	PAGE_USE_OTHER, /* in use; no flag says for what */
};

struct page_info {
	uint64_t page;	    /* of the struct page asked for */
	uint64_t head;	    /* of its compound head, or page itself */
	uint64_t head_phys; /* physical address of the head's memory */
	uint64_t flags;	    /* of the head */
	uint32_t page_type; /* of the head, 0 when this kernel has none */
	uint64_t mapping;   /* of the head */
	int32_t refcount;
	enum page_use use;
};

/* ERR_ABSENT for physical addresses without a struct page; reads may fail as memory's do. */
struct err *page_of_phys(struct kernel *kernel, uint64_t phys, struct page_info *ret);
/* The page whose struct page covers an address. False when none does, or it cannot be read. */
bool page_of_descriptor(struct kernel *kernel, uint64_t address, struct page_info *ret);
/* Bytes from one struct page to the next; 0 unknown. */
uint64_t page_struct_size(struct kernel *kernel);
/* Physical address of the memory a struct page describes. False when it is none. */
bool page_to_phys(struct kernel *kernel, uint64_t page, uint64_t *phys);
const char *page_use_name(enum page_use use);

#endif
