/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which object an address lies in, and whether that is free. */
#include "kernel/mm/slab_find.h"

#include "kernel/memory/memory.h"
#include "kernel/mm/kasan.h"
#include "kernel/mm/slab_states.h"
#include "kernel/mm/slab_track.h"

struct err *slab_find_on_page(struct kernel *kernel, const struct page_info *page, uint64_t va,
			      struct slab_object *ret)
{
	struct slab_object object = {0};

	TRY(slab_states_slab(kernel, page, &object.slab));
	uint64_t index = (va - object.slab.base) / object.slab.cache->size;
	if (va < object.slab.base || index >= object.slab.objects)
		return err_at(ERR_NOT_FOUND, va, "behind the last object of a slab of %s",
			      object.slab.cache->name);
	object.index = (unsigned)index;
	object.start = slab_object_start(&object.slab, object.index);
	object.offset = (int64_t)(va - object.start);
	TRY(slab_states_find(kernel, &object));
	TRY(kasan_correct(kernel, &object));
	TRY(slab_track_read(kernel, &object));
	*ret = object;
	return NULL;
}

struct err *slab_find(struct kernel *kernel, uint64_t va, struct slab_object *ret)
{
	struct page_info page;
	uint64_t phys;

	if (!memory_virt_to_phys_linear(kernel->memory, va, &phys))
		return err_at(ERR_NOT_FOUND, va, "not in the direct map");
	TRY(page_of_phys(kernel, phys, &page));
	if (page.use != PAGE_USE_SLAB)
		return err_at(ERR_NOT_FOUND, va, "not in a slab");
	return slab_find_on_page(kernel, &page, va, ret);
}
