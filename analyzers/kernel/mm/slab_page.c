/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a page to its slab. */
#include "kernel/mm/slab_page.h"

#include "kernel/memory/memory.h"
#include "kernel/mm/slab_array.h"
#include "kernel/mm/slab_caches.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

/* Fill in a slab of SLUB, whose cache is set. */
static struct err *read_slub(struct kernel *kernel, const struct page_info *page, struct slab *slab)
{
	uint64_t objects, inuse, frozen = 0;

	TRY(member_read(kernel, page->head, MEMBER_SLAB_FREELIST, &slab->freelist));
	TRY(member_read(kernel, page->head, MEMBER_SLAB_OBJECTS, &objects));
	TRY(member_read(kernel, page->head, MEMBER_SLAB_INUSE, &inuse));
	if (members_has(kernel->members, MEMBER_SLAB_FROZEN))
		TRY(member_read(kernel, page->head, MEMBER_SLAB_FROZEN, &frozen));
	slab->address = page->head;
	slab->objects = (unsigned)objects;
	slab->inuse = (unsigned)inuse;
	slab->frozen = frozen & 1;
	slab->base = memory_phys_to_virt(kernel->memory, page->head_phys);
	return NULL;
}

struct err *slab_page_read(struct kernel *kernel, const struct page_info *page, struct slab *ret)
{
	bool arrays = slab_array_used(kernel);
	struct slab slab = {0};
	uint64_t cache;

	TRY(arrays ? slab_array_cache_of(kernel, page, &cache)
		   : member_read(kernel, page->head, MEMBER_SLAB_CACHE, &cache));
	TRY(slab_caches_get(kernel, cache, &slab.cache));
	TRY(arrays ? slab_array_read(kernel, page, &slab) : read_slub(kernel, page, &slab));
	if (!slab.objects || slab.objects > SLAB_OBJECTS_MAX || slab.inuse > slab.objects)
		return err_at(ERR_CORRUPT, slab.address, "slab has absurd counts");
	*ret = slab;
	return NULL;
}

struct err *slab_page_read_at(struct kernel *kernel, uint64_t descriptor, struct slab *ret)
{
	struct page_info page;
	uint64_t phys;

	if (!page_to_phys(kernel, descriptor, &phys))
		return err_at(ERR_CORRUPT, descriptor, "no page descriptor");
	TRY(page_of_phys(kernel, phys, &page));
	if (page.use != PAGE_USE_SLAB)
		return err_at(ERR_CORRUPT, descriptor, "no slab");
	return slab_page_read(kernel, &page, ret);
}
