/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_OBJECT_PAGE
#define TRIAGE_KERNEL_PROBE_OBJECT_PAGE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel;

#define STRUCT_PAGE 64u /* bytes of struct page, with CONFIG_SLUB on x86-64 */

/* How a page that is not the first of its block, a tail, names the one that is. */
struct tail_form {
	const char *member; /* of struct page; NULL: VMCOREINFO tells it */
	uint64_t at;	    /* its offset */
	uint64_t flag;	    /* among the page's, which tails have; 0: bit 0 of the word is set */
};

/* The page of an object: of a block of several, the first. */
struct object_page {
	uint64_t address, base; /* of struct page; of the memory, direct map */
	uint8_t bytes[STRUCT_PAGE];
};

/* Which form this kernel has, by objects that are known to be a slab's; false where that is not told. */
bool tail_form_find(struct kernel *kernel, const uint64_t *objects, size_t count,
		    struct tail_form *ret);

/* False where an address is in no page of the direct map, or its page cannot be read. */
bool object_page_read(struct kernel *kernel, const struct tail_form *tail, uint64_t object,
		      struct object_page *ret);

/* A struct page's memory; false for what is none. */
bool object_page_phys(struct kernel *kernel, uint64_t page, uint64_t *phys);

#endif
