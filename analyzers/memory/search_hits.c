/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What owns the places that a search of the dump found. */
#include "memory/search_hits.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/types/types.h"

/*
 * Some caches are named for the structure they hold. The sizes may differ: a task_struct is
 * followed by as much FPU state as the CPU has.
 */
static void name_member(struct kernel *kernel, struct search_place *place)
{
	const struct slab_cache *cache = place->owner.slab.slab.cache;
	struct member member;
	char path[96];

	if (place->owner.kind != OWNER_SLAB || place->owner.offset < 0)
		return;
	struct type type = types_find_whole(kernel->types, TYPE_STRUCT, cache->name);
	if (type.kind == TYPE_STRUCT &&
	    type_describe_offset(type, (uint64_t)place->owner.offset, path, sizeof(path), &member))
		snprintf(place->member, sizeof(place->member), "%.30s.%.90s", cache->name, path);
}

static struct err *find_aliases(struct kernel *kernel, const struct search_result *result,
				struct alias **ret, size_t *count)
{
	struct alias *pages = calloc(result->count + 1, sizeof(*pages));

	*count = 0;
	if (!pages)
		return &err_nomem;
	for (size_t i = 0; i < result->count; i++) {
		uint64_t page = result->hits[i].phys & ~(uint64_t)(PAGE_SIZE - 1);

		if (!*count || pages[*count - 1].phys != page)
			pages[(*count)++].phys = page;
	}
	memory_find_aliases(kernel->memory, pages, *count);
	*ret = pages;
	return NULL;
}

/*
 * Gaps of the image, and what it needs at boot only, are given to the page allocator
 * (free_init_pages()): such a page is mapped there still, but it is known by the direct map's address.
 */
static bool was_given_away(struct kernel *kernel, uint64_t phys, uint64_t va)
{
	struct owner owner;

	if (memory_class(kernel->memory, va) != VA_IMAGE || !memory_page_offset(kernel->memory))
		return false;
	owner_find(kernel, memory_phys_to_virt(kernel->memory, phys), &owner);
	return owner.kind == OWNER_SLAB;
}

static void find_address(struct kernel *kernel, struct search_place *place,
			 const struct alias *alias)
{
	if (alias->va && !was_given_away(kernel, place->phys, alias->va))
		place->address = alias->va + (place->phys & (PAGE_SIZE - 1));
	else if (memory_page_offset(kernel->memory))
		place->address = memory_phys_to_virt(kernel->memory, place->phys);
}

struct err *search_hits_each(struct kernel *kernel, const struct search_result *result,
			     const struct task *crashed, struct search_groups **groups,
			     void (*each)(void *context, const struct search_place *place),
			     void *context)
{
	_free_ struct alias *aliases = NULL;
	size_t count = 0, at = 0;

	if (kernel->memory)
		TRY(find_aliases(kernel, result, &aliases, &count));
	for (size_t i = 0; i < result->count; i++) {
		struct search_place place = {.phys = result->hits[i].phys,
					     .word = result->hits[i].word};

		while (at + 1 < count && aliases[at + 1].phys <= place.phys)
			at++;
		if (count)
			find_address(kernel, &place, &aliases[at]);
		if (place.address) {
			owner_find(kernel, place.address, &place.owner);
			if (place.owner.task && place.owner.task == crashed)
				owner_find_frame(kernel, &place.owner);
			name_member(kernel, &place);
		}
		TRY(search_groups_add(groups, &place, crashed));
		each(context, &place);
	}
	return NULL;
}
