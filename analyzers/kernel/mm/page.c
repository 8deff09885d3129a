/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an address to its struct page, and what the page is used for. */
#include "kernel/mm/page.h"

#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/page_flags.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

uint64_t page_struct_size(struct kernel *kernel)
{
	const struct page_flags *flags = page_flags(kernel);

	return flags ? flags->size : 0;
}

bool page_to_phys(struct kernel *kernel, uint64_t page, uint64_t *phys)
{
	uint64_t size = page_struct_size(kernel), base = memory_vmemmap(kernel->memory);

	if (!size || !base || page < base || (page - base) % size)
		return false;
	*phys = (page - base) / size << PAGE_SHIFT;
	return *phys >> PAGE_SHIFT < dump_info(kernel->dump)->max_pfn;
}

/*
 * compound_head: bit 0 set in a tail, the rest its head's address (1d798ca3f164 v4.4). Where the
 * word holds a mask instead (compound_info), the head is the tail's own address under it.
 * Before, first_page with PG_tail among the flags.
 */
static struct err *find_head(struct kernel *kernel, uint64_t page, uint64_t *head)
{
	const struct page_flags *known = page_flags(kernel);
	uint64_t word, phys;

	*head = page;
	if (!known)
		return &err_nomem;
	if (!members_has(kernel->members, MEMBER_PAGE_HEAD))
		return NULL;
	TRY(member_read(kernel, page, MEMBER_PAGE_HEAD, &word));
	if (known->tail) {
		uint64_t flags;

		TRY(member_read(kernel, page, MEMBER_PAGE_FLAGS, &flags));
		if (flags & known->tail && page_to_phys(kernel, word, &phys))
			*head = word;
		return NULL;
	}
	if (!(word & 1))
		return NULL;
	if (page_to_phys(kernel, word - 1, &phys))
		*head = word - 1;
	else if (page_to_phys(kernel, page & (word & ~1ull), &phys))
		*head = page & (word & ~1ull);
	return NULL;
}

/*
 * Does page_type, the word, say that the page is of the type whose pages hold value? Whole values
 * in the top byte since 4ffca5a96678 (v6.12); before, a type cleared one bit of an all-ones word
 * (6e292b9be7f4 v4.18); before that, a small negative number in _mapcount.
 */
static bool is_type(uint32_t word, uint32_t value)
{
	uint32_t bit = ~value;

	if (!value)
		return false;
	if (value >> 24 >= 0xf0 && value >> 24 < 0xff)
		return word >> 24 == value >> 24;
	if (bit && !(bit & (bit - 1)))
		return word >> 28 == 0xf && !(word & bit);
	return word == value;
}

static bool is_byte(uint32_t word, uint8_t value)
{
	return value && word >> 24 == value;
}

static enum page_use use_of(struct kernel *kernel, const struct page_flags *flags,
			    const struct page_info *info)
{
	if (info->flags & flags->slab || is_type(info->page_type, flags->slab_type))
		return PAGE_USE_SLAB;
	if (info->flags & flags->buddy || is_type(info->page_type, flags->buddy_type))
		return PAGE_USE_BUDDY;
	if (is_byte(info->page_type, flags->table))
		return PAGE_USE_TABLE;
	if (is_byte(info->page_type, flags->large_kmalloc))
		return PAGE_USE_KMALLOC;
	if (is_byte(info->page_type, flags->offline))
		return PAGE_USE_OFFLINE;
	if (is_byte(info->page_type, flags->hugetlb))
		return PAGE_USE_HUGETLB;
	if (info->flags & flags->reserved)
		return PAGE_USE_RESERVED;
	if (info->mapping & 1)
		return PAGE_USE_ANON; /* PAGE_MAPPING_ANON, include/linux/page-flags.h */
	if (memory_is_kernel(kernel->memory, info->mapping))
		return PAGE_USE_FILE;
	return info->refcount > 0 ? PAGE_USE_OTHER : PAGE_USE_UNKNOWN;
}

/* The members of info->head, and what they say of its use. */
static struct err *read_page(struct kernel *kernel, struct page_info *info)
{
	const struct page_flags *flags = page_flags(kernel);
	uint64_t value;

	if (!flags)
		return &err_nomem;
	TRY(member_read(kernel, info->head, MEMBER_PAGE_FLAGS, &info->flags));
	TRY(member_read(kernel, info->head, MEMBER_PAGE_MAPPING, &info->mapping));
	if (members_has(kernel->members, MEMBER_PAGE_TYPE)) {
		TRY(member_read(kernel, info->head, MEMBER_PAGE_TYPE, &value));
		info->page_type = (uint32_t)value;
	}
	if (members_has(kernel->members, MEMBER_PAGE_REFCOUNT)) {
		TRY(member_read(kernel, info->head, MEMBER_PAGE_REFCOUNT, &value));
		info->refcount = (int32_t)value;
	}
	info->use = use_of(kernel, flags, info);
	return NULL;
}

#define BUDDY_ORDER_MAX 10 /* MAX_PAGE_ORDER, include/linux/mmzone.h */

/*
 * Only the first page of a free block is marked; its private is the block's order. Looks for such a
 * page where one would stand, from block size to block size.
 */
static struct err *in_buddy_block(struct kernel *kernel, const struct page_info *info, uint64_t pfn,
				  bool *ret)
{
	uint64_t size = page_struct_size(kernel), private;

	*ret = false;
	for (unsigned order = 1; order <= BUDDY_ORDER_MAX; order++) {
		uint64_t first = pfn & ~((UINT64_C(1) << order) - 1);
		struct page_info block = {.head = info->page - (pfn - first) * size};

		if (first == pfn)
			continue;
		if (!members_has(kernel->members, MEMBER_PAGE_PRIVATE) ||
		    !TRY_OK(read_page(kernel, &block)))
			return NULL;
		if (block.use != PAGE_USE_BUDDY)
			continue;
		*ret = TRY_OK(member_read(kernel, block.head, MEMBER_PAGE_PRIVATE, &private)) &&
		       private >= order && private <= BUDDY_ORDER_MAX;
		return NULL;
	}
	return NULL;
}

struct err *page_of_phys(struct kernel *kernel, uint64_t phys, struct page_info *ret)
{
	uint64_t size = page_struct_size(kernel), base = memory_vmemmap(kernel->memory);
	struct page_info info = {0};
	bool free;

	if (!size || !base)
		return err_new(ERR_NOT_FOUND, "no array of struct page is known");
	if (phys >> PAGE_SHIFT >= dump_info(kernel->dump)->max_pfn)
		return err_at(ERR_ABSENT, phys, "no memory");
	info.page = base + (phys >> PAGE_SHIFT) * size;
	TRY(find_head(kernel, info.page, &info.head));
	if (!page_to_phys(kernel, info.head, &info.head_phys))
		return err_at(ERR_CORRUPT, info.head, "compound head is no struct page");
	TRY(read_page(kernel, &info));
	if (info.use == PAGE_USE_UNKNOWN) {
		TRY(in_buddy_block(kernel, &info, phys >> PAGE_SHIFT, &free));
		info.use = free ? PAGE_USE_BUDDY : PAGE_USE_UNKNOWN;
	}
	*ret = info;
	return NULL;
}

bool page_of_descriptor(struct kernel *kernel, uint64_t address, struct page_info *ret)
{
	uint64_t size = page_struct_size(kernel), base = memory_vmemmap(kernel->memory), phys;

	return size && base && address >= base &&
	       page_to_phys(kernel, address - (address - base) % size, &phys) &&
	       err_ok(page_of_phys(kernel, phys, ret));
}

const char *page_use_name(enum page_use use)
{
	static const char *const names[] = {
		"unknown",    "slab",	       "buddy",	  "page cache", "anonymous", "reserved",
		"page table", "large kmalloc", "offline", "huge page",	"in use",
	};

	return names[use];
}
