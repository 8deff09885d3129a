/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an object to its page, where no types tell how. */
#include "kernel/probe/object_page.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"

#define SLAB_BYTES (32u * PAGE_SIZE)

static bool offset_in_page(struct kernel *kernel, const char *member, uint64_t *ret)
{
	return vmcoreinfo_offset(kernel->vmcoreinfo, member, ret) && *ret + 8 <= STRUCT_PAGE;
}

bool object_page_phys(struct kernel *kernel, uint64_t page, uint64_t *phys)
{
	uint64_t vmemmap = memory_vmemmap(kernel->memory);

	if (page < vmemmap || (page - vmemmap) % STRUCT_PAGE)
		return false;
	*phys = (page - vmemmap) / STRUCT_PAGE << PAGE_SHIFT;
	return *phys >> PAGE_SHIFT < dump_info(kernel->dump)->max_pfn;
}

static bool is_tail(struct kernel *kernel, const struct tail_form *tail, uint64_t page,
		    uint64_t word)
{
	uint64_t at, flags;

	if (!tail->flag)
		return word & 1;
	return offset_in_page(kernel, "page.flags", &at) &&
	       err_ok(memory_read_u64(kernel->memory, page + at, &flags)) && flags & tail->flag;
}

/* Of a tail: the head's address, or in compound_info a mask for the tail's own. */
static bool find_head(struct kernel *kernel, const struct tail_form *tail, uint64_t *page,
		      uint64_t *phys)
{
	uint64_t word;

	if (!err_ok(memory_read_u64(kernel->memory, *page + tail->at, &word)))
		return false;
	if (is_tail(kernel, tail, *page, word)) {
		word &= ~1ull;
		if (tail->flag || object_page_phys(kernel, word, phys))
			*page = word;
		else
			*page &= word;
	}
	return object_page_phys(kernel, *page, phys);
}

bool object_page_read(struct kernel *kernel, const struct tail_form *tail, uint64_t object,
		      struct object_page *ret)
{
	struct memory *memory = kernel->memory;
	uint64_t phys;

	if (memory_class(memory, object) != VA_DIRECT_MAP ||
	    !memory_virt_to_phys_linear(memory, object, &phys))
		return false;
	ret->address = memory_vmemmap(memory) + (phys >> PAGE_SHIFT) * STRUCT_PAGE;
	if (!object_page_phys(kernel, ret->address, &phys) ||
	    !find_head(kernel, tail, &ret->address, &phys))
		return false;
	ret->base = memory_phys_to_virt(memory, phys);
	return object - ret->base < SLAB_BYTES &&
	       err_ok(memory_read(memory, ret->address, ret->bytes, STRUCT_PAGE));
}

/* Do objects of slabs lead to pages that are marked as such? Tails are not. */
static bool leads_to_slabs(struct kernel *kernel, const struct tail_form *tail,
			   const uint64_t *objects, size_t count)
{
	size_t right = 0, tails = 0;
	uint64_t flags_at, slab;

	if (!offset_in_page(kernel, "page.flags", &flags_at) ||
	    !vmcoreinfo_number(kernel->vmcoreinfo, "PG_slab", &slab) || slab >= 64)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct object_page page;

		if (!object_page_read(kernel, tail, objects[i], &page) ||
		    !(load_u64(page.bytes + flags_at) >> slab & 1))
			continue;
		right++;
		tails += objects[i] - page.base >= PAGE_SIZE;
	}
	return tails && (count - right) * 16 <= right;
}

/*
 * VMCOREINFO tells compound_head since v4.6. It came two releases before, in the place of lru (1d798ca3f164
 * v4.4); until then tails had a flag, next to that of heads, and first_page in the place of private.
 */
bool tail_form_find(struct kernel *kernel, const uint64_t *objects, size_t count,
		    struct tail_form *ret)
{
	struct tail_form forms[] = {{"compound_head", 0, 0}, {"first_page", 0, 0}};
	uint64_t heads;
	unsigned found = 0;

	*ret = (struct tail_form){0};
	if (offset_in_page(kernel, "page.compound_info", &ret->at) ||
	    offset_in_page(kernel, "page.compound_head", &ret->at))
		return true;
	if (!vmcoreinfo_number(kernel->vmcoreinfo, "PG_head_mask", &heads) || !heads)
		return false;
	forms[1].flag = heads << 1;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (offset_in_page(kernel, i ? "page.private" : "page.lru", &forms[i].at) &&
		    leads_to_slabs(kernel, &forms[i], objects, count)) {
			*ret = forms[i];
			found++;
		}
	return found == 1;
}
