/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which objects are free: what caches and slabs say of it, remembered. */
#include "kernel/mm/slab_states.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "kernel/mm/freelist.h"
#include "kernel/mm/sheaf.h"
#include "kernel/mm/slab_array.h"
#include "kernel/mm/slab_page.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

#define PLACES_MAX (1u << 17) /* objects in the sheaves of a cache */

/* Where a free object is, or who has taken a slab. */
struct place {
	uint64_t address; /* of the object or slab */
	struct free_place place;
};

struct places {
	struct place *list; /* by address */
	size_t count;
};

/* What the CPUs and nodes of a cache keep. */
struct cache_lists {
	struct places objects, slabs;
	bool complete;
};

/* A slab, and the list each of its objects is on: its own, or that of the CPU that took it. */
struct slab_memo {
	struct slab slab;
	struct freelist_break broken;
	unsigned cpu; /* of FREE_CPU_LIST */
	bool complete;
	uint8_t lists[]; /* enum free_list */
};

struct slab_states {
	struct map caches; /* kmem_cache address → struct cache_lists * */
	struct map slabs;  /* address of the slab → struct slab_memo * */
	size_t size;
};

static void lists_free(struct cache_lists *lists)
{
	if (!lists)
		return;
	free(lists->objects.list);
	free(lists->slabs.list);
	free(lists);
}
DEFINE_CLEANUP(struct cache_lists, lists_free)

/* At most: an array that grows has room for up to twice of what is in it. */
static size_t lists_size(const struct cache_lists *lists)
{
	return sizeof(*lists) +
	       2 * (lists->objects.count + lists->slabs.count) * sizeof(struct place);
}

static void forget(struct slab_states *states)
{
	for (size_t i = 0; i < states->caches.count; i++)
		lists_free((struct cache_lists *)(uintptr_t)states->caches.entries[i].value);
	for (size_t i = 0; i < states->slabs.count; i++)
		free((struct slab_memo *)(uintptr_t)states->slabs.entries[i].value);
	map_deinit(&states->caches);
	map_deinit(&states->slabs);
	*states = (struct slab_states){0};
}

void slab_states_close(struct slab_states *states)
{
	if (!states)
		return;
	forget(states);
	free(states);
}

#define MAP_ENTRY 48 /* bytes an entry takes in a map that is as empty as it may be */

size_t slab_states_size(const struct slab_states *states)
{
	return states ? states->size : 0;
}

/* Remember something of this size under a key; makes room for it first. */
static struct err *keep(struct slab_states *states, struct map *map, uint64_t key, void *value,
			size_t size)
{
	if (states->size + size + MAP_ENTRY > SLAB_STATES_MAX)
		forget(states);
	if (!map_set(map, key, (uintptr_t)value))
		return &err_nomem;
	states->size += size + MAP_ENTRY;
	return NULL;
}

/* --- what a cache's CPUs and nodes keep ------------------------------------------------------- */

static struct err *add(struct places *places, uint64_t address, struct free_place place)
{
	if (places->count == PLACES_MAX)
		return err_new(ERR_LIMIT, "more than %u free objects wait in a cache", PLACES_MAX);
	if (!array_grow(places->list, places->count))
		return &err_nomem;
	places->list[places->count++] = (struct place){address, place};
	return NULL;
}

static struct err *add_object(void *context, uint64_t object, struct free_place place)
{
	struct cache_lists *lists = context;

	return add(&lists->objects, object, place);
}

/* The slabs CPUs have taken: kmem_cache_cpu, until 7.0. */
static struct err *read_cpus(struct kernel *kernel, const struct slab_cache *cache,
			     struct cache_lists *lists)
{
	if (!cache->cpu_slab)
		return NULL;
	if (!kernel->percpu)
		lists->complete = false;
	for (unsigned cpu = 0; kernel->percpu && cpu < percpu_cpus(kernel->percpu); cpu++) {
		uint64_t area, slab;

		if (!TRY_OK(percpu_address(kernel->percpu, cache->cpu_slab, cpu, &area)))
			continue; /* no such CPU */
		if (!TRY_OK(member_read(kernel, area, MEMBER_CPU_SLAB_SLAB, &slab)))
			lists->complete = false;
		else if (slab)
			TRY(add(&lists->slabs, slab, (struct free_place){FREE_CPU_LIST, cpu}));
	}
	return NULL;
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = ((const struct place *)a)->address, y = ((const struct place *)b)->address;

	return x < y ? -1 : x > y;
}

static void sort(struct places *places)
{
	if (places->count)
		qsort(places->list, places->count, sizeof(*places->list), by_address);
}

static const struct free_place *find(const struct places *places, uint64_t address)
{
	struct place key = {.address = address};
	const struct place *found = places->count ? bsearch(&key, places->list, places->count,
							    sizeof(*places->list), by_address)
						  : NULL;

	return found ? &found->place : NULL;
}

static struct err *gather(struct kernel *kernel, const struct slab_cache *cache,
			  struct cache_lists *lists)
{
	struct free_walk walk = {.kernel = kernel,
				 .cache = cache,
				 .each = add_object,
				 .context = lists,
				 .complete = true};

	TRY(read_cpus(kernel, cache, lists));
	TRY(sheaf_walk(&walk));
	TRY(slab_array_walk(&walk));
	lists->complete &= walk.complete;
	return NULL;
}

static struct err *read_lists(struct kernel *kernel, const struct slab_cache *cache,
			      struct cache_lists *lists)
{
	lists->complete = true;
	if (!TRY_OK(gather(kernel, cache, lists)))
		lists->complete = false;
	sort(&lists->objects);
	sort(&lists->slabs);
	return NULL;
}

static struct slab_states *states_of(struct kernel *kernel)
{
	if (!kernel->slab_states)
		kernel->slab_states = calloc(1, sizeof(*kernel->slab_states));
	return kernel->slab_states;
}

/* *ret is good until something else is remembered. */
static struct err *lists_of(struct kernel *kernel, const struct slab_cache *cache,
			    const struct cache_lists **ret)
{
	struct slab_states *states = kernel->slab_states;
	uint64_t *known = map_get(&states->caches, cache->address);

	if (known) {
		*ret = (const struct cache_lists *)(uintptr_t)*known;
		return NULL;
	}
	_cleanup_(cleanup_lists_free) struct cache_lists *lists = calloc(1, sizeof(*lists));
	if (!lists)
		return &err_nomem;
	TRY(read_lists(kernel, cache, lists));
	TRY(keep(states, &states->caches, cache->address, lists, lists_size(lists)));
	*ret = take_ptr(lists);
	return NULL;
}

/* --- what a slab itself says ------------------------------------------------------------------ */

/* Mark the objects of a list that no list before it has. */
static struct err *mark_list(struct kernel *kernel, struct slab_memo *memo, uint64_t first,
			     enum free_list list, uint8_t *bits)
{
	struct freelist_break broken;

	TRY(freelist_walk(kernel, &memo->slab, first, bits, &broken));
	if (broken.why != BREAK_NONE)
		memo->broken = broken;
	for (unsigned i = 0; i < memo->slab.objects; i++)
		if (bits[i] && memo->lists[i] == FREE_NOT)
			memo->lists[i] = (uint8_t)list;
	return NULL;
}

static struct err *mark_cpu(struct kernel *kernel, struct slab_memo *memo,
			    const struct free_place *taken, uint8_t *bits)
{
	uint64_t area, first;

	memo->cpu = taken->index;
	if (!TRY_OK(percpu_address(kernel->percpu, memo->slab.cache->cpu_slab, taken->index,
				   &area)) ||
	    !TRY_OK(member_read(kernel, area, MEMBER_CPU_SLAB_FREELIST, &first))) {
		memo->complete = false;
		return NULL;
	}
	return mark_list(kernel, memo, first, FREE_CPU_LIST, bits);
}

static struct err *mark(struct kernel *kernel, struct slab_memo *memo)
{
	_free_ uint8_t *bits = calloc(memo->slab.objects, 1);
	const struct cache_lists *lists;

	if (!bits)
		return &err_nomem;
	memo->complete = true;
	TRY(mark_list(kernel, memo, memo->slab.freelist, FREE_SLAB_LIST, bits));
	TRY(lists_of(kernel, memo->slab.cache, &lists));
	const struct free_place *taken = find(&lists->slabs, memo->slab.address);
	return taken ? mark_cpu(kernel, memo, taken, bits) : NULL;
}

static struct err *memo_of(struct kernel *kernel, const struct slab *slab,
			   const struct slab_memo **ret)
{
	struct slab_states *states = kernel->slab_states;
	uint64_t *known = map_get(&states->slabs, slab->address);

	if (known) {
		const struct slab_memo *memo = (const struct slab_memo *)(uintptr_t)*known;

		if (memo->slab.cache != slab->cache || memo->slab.objects != slab->objects)
			return err_at(ERR_CORRUPT, slab->address, "slab of two caches");
		*ret = memo;
		return NULL;
	}
	size_t size = sizeof(struct slab_memo) + slab->objects;
	_free_ struct slab_memo *memo = calloc(1, size);
	if (!memo)
		return &err_nomem;
	memo->slab = *slab;
	TRY(mark(kernel, memo));
	TRY(keep(states, &states->slabs, slab->address, memo, size));
	*ret = take_ptr(memo);
	return NULL;
}

struct err *slab_states_slab(struct kernel *kernel, const struct page_info *page, struct slab *ret)
{
	struct slab_states *states = states_of(kernel);
	uint64_t *known = states ? map_get(&states->slabs, page->head) : NULL;

	if (!known)
		return slab_page_read(kernel, page, ret);
	*ret = ((const struct slab_memo *)(uintptr_t)*known)->slab;
	return NULL;
}

static void name_place(struct slab_object *object, struct free_place place)
{
	static const char *const names[] = {
		NULL,
		"the slab's free list",
		"the free list of CPU %u",
		"a sheaf of CPU %u",
		"a full sheaf",
		"the array of CPU %u",
		"the shared array of node %u",
		"the alien array of node %u",
	};

	object->state = OBJECT_FREE;
	snprintf(object->where, sizeof(object->where), names[place.list], place.index);
}

struct err *slab_states_find(struct kernel *kernel, struct slab_object *object)
{
	const struct slab_memo *memo = NULL;
	const struct cache_lists *lists;

	if (!states_of(kernel))
		return &err_nomem;
	TRY(memo_of(kernel, &object->slab, &memo));
	bool complete = memo->complete;
	struct free_place own = {memo->lists[object->index], memo->cpu};
	object->broken = memo->broken;
	TRY(lists_of(kernel, object->slab.cache, &lists)); /* memo may be gone from here on */
	const struct free_place *kept = find(&lists->objects, object->start);
	object->unread = !complete || !lists->complete;
	if (own.list != FREE_NOT)
		name_place(object, own);
	else if (kept)
		name_place(object, *kept);
	else if (!object->unread && object->broken.why == BREAK_NONE)
		object->state = OBJECT_ALLOCATED;
	return NULL;
}
