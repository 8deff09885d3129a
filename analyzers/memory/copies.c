/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where else a bad value stands: in as much of the dump as can be searched without delay, on the
 * stack of the task that crashed on it, and in the slab it was loaded from. Copies on that stack
 * come from the crash itself; one in an object is where the value came from.
 */
#include "memory/copies.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab_find.h"
#include "kernel/tasks/task.h"
#include "memory/memory_found.h"
#include "memory/search_groups.h"
#include "memory/search_hits.h"
#include "memory/value.h"

#define PLACES_SHOWN 64
#define GROUPS_SHOWN 16
#define HITS_MAX 1024
/*
 * How many pages are searched: so many for each page the analysis has read by itself, which adds a
 * quarter to its time. A dump with no more pages is searched whole.
 */
#define PAGES_MIN 5120
#define PAGES_FOR_EACH 2
/* For an object in trouble twice as many at most, 50 ms: "triage search --range" goes through all. */
#define PAGES_FOR_LINKS 8192
#define THREADS 2
#define REGION_MAX (1u << 20) /* bytes of a stack or slab */

/* What is searched for, and where. */
struct extent {
	uint64_t value; /* or, with size, any address into so many bytes from it */
	uint64_t size;
	struct sweep_window window; /* of the dump's pages; count 0: none */
	bool stack, slab;
};

/* Poison and fillers stand in so many places that none of them says anything. */
static bool is_common(uint64_t value)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	size_t count = value_looks(value, looks);

	for (size_t i = 0; i < count; i++)
		if (strstr(looks[i].kind, "poison") || !strcmp(looks[i].kind, "fill") ||
		    !strcmp(looks[i].kind, "all_ones"))
			return true;
	return false;
}

/* Search the pages around an address that has to do with the crash. */
static struct err *search_dump(struct kernel *kernel, struct extent *extent, uint64_t near,
			       struct search_result *result)
{
	uint64_t phys, pages = PAGES_FOR_EACH * dump_pages_read(kernel->dump);
	struct search_options options = {
		.pattern = {.value = extent->value,
			    .mask = UINT64_MAX,
			    .range = extent->size > 0,
			    .low = extent->value,
			    .high = extent->value + extent->size},
		.threads = MIN(search_threads(), THREADS),
		.limit = HITS_MAX,
	};

	if ((!extent->size && is_common(extent->value)) ||
	    !err_ok(memory_translate(kernel->memory, near, &phys)))
		return NULL;
	extent->window = sweep_window(kernel->dump, phys >> PAGE_SHIFT,
				      MAX(pages, extent->size ? PAGES_FOR_LINKS : PAGES_MIN));
	options.first = extent->window.first;
	options.chunks = extent->window.count;
	return search_run(kernel->dump, &options, result);
}

static bool is_wanted(const struct extent *extent, uint64_t word)
{
	return extent->size ? word - extent->value < extent->size : word == extent->value;
}

static bool was_searched(const struct extent *extent, uint64_t phys)
{
	return (phys >> PAGE_SHIFT) / SWEEP_CHUNK - extent->window.first < extent->window.count;
}

static struct err *take(struct search_result *result, struct search_hit hit)
{
	if (result->count < HITS_MAX)
		return search_add(result, hit);
	result->total++;
	return NULL;
}

/* Search one page, or part of it; a page that cannot be read is passed over. */
static struct err *search_page(struct kernel *kernel, const struct extent *extent, uint64_t address,
			       size_t length, struct search_result *result)
{
	uint8_t page[PAGE_SIZE];
	uint64_t phys;

	if (!err_ok(memory_translate(kernel->memory, address, &phys)) ||
	    was_searched(extent, phys) ||
	    !err_ok(memory_read(kernel->memory, address, page, length)))
		return NULL;
	for (size_t i = 0; i + 8 <= length; i += 8)
		if (is_wanted(extent, load_u64(page + i)))
			TRY(take(result, (struct search_hit){phys + i, load_u64(page + i)}));
	return NULL;
}

static struct err *search_region(struct kernel *kernel, const struct extent *extent, uint64_t start,
				 uint64_t size, struct search_result *result)
{
	uint64_t end = start + MIN(size, REGION_MAX);

	for (uint64_t at = start & ~7ull; at < end;) {
		size_t length = (size_t)MIN(PAGE_SIZE - (at & (PAGE_SIZE - 1)), end - at);

		TRY(search_page(kernel, extent, at, length, result));
		at += length;
	}
	return NULL;
}

/* The stack and the slab nearest to the crash are searched however large the dump is. */
static struct err *search_near(struct kernel *kernel, struct extent *extent,
			       const struct task *task, uint64_t holder,
			       struct search_result *result)
{
	struct slab_object object;

	extent->stack = task && task->stack;
	if (extent->stack)
		TRY(search_region(kernel, extent, task->stack, task->stack_size, result));
	extent->slab = holder && err_ok(slab_find(kernel, holder, &object));
	if (extent->slab)
		TRY(search_region(kernel, extent, object.slab.base,
				  object.slab.objects * object.slab.cache->size, result));
	return NULL;
}

/* --- what is said of it ----------------------------------------------------------------------- */

static void keep_place(void *context, const struct search_place *place)
{
	struct copies *copies = context;

	if (copies->place_count < PLACES_SHOWN && array_grow(copies->places, copies->place_count))
		copies->places[copies->place_count++] = *place;
}

static void format_searched(const struct extent *extent, const struct search_result *result,
			    char *buf, size_t size)
{
	const char *near = extent->stack && extent->slab
				   ? "the panic task's stack and the slab the value was read from"
			   : extent->slab ? "the slab the value was read from"
					  : "the panic task's stack";
	uint64_t pages = result->pages.pages, all = extent->window.all;

	if (result->whole && pages == all)
		snprintf(buf, size, "the whole dump, %" PRIu64 " pages", all);
	else if (result->whole)
		snprintf(buf, size,
			 "the %" PRIu64 " pages of the dump's %" PRIu64 " that can be read", pages,
			 all);
	else if (!extent->window.count)
		snprintf(buf, size, "%s", near);
	else
		snprintf(buf, size,
			 "%s, and the %" PRIu64 " pages around it of the dump's %" PRIu64, near,
			 pages, all);
}

static struct err *gather(struct analysis *analysis, const struct extent *extent,
			  const struct search_result *result, struct copies *copies)
{
	_cleanup_(cleanup_search_groups_free) struct search_groups *groups = NULL;

	*copies = (struct copies){.value = extent->value,
				  .total = result->total,
				  .whole = result->whole,
				  .pages = result->pages.pages};
	format_searched(extent, result, copies->searched, sizeof(copies->searched));
	TRY(search_hits_each(analysis->kernel, result, analysis->crash->task, &groups, keep_place,
			     copies));
	copies->groups = calloc(GROUPS_SHOWN, sizeof(*copies->groups));
	if (!copies->groups)
		return &err_nomem;
	copies->group_count = search_groups_list(groups, copies->groups, GROUPS_SHOWN);
	return NULL;
}

/* *ret stays as it is where nothing could be gone through. */
static struct err *find(struct analysis *analysis, uint64_t holder, struct extent *extent,
			struct copies *ret)
{
	const struct task *task = analysis->crash->task;
	uint64_t near = holder ? holder : task ? task->stack : 0;
	struct search_result result = {0};

	if (!near)
		return NULL;
	struct err *err = search_dump(analysis->kernel, extent, near, &result);
	if (!err && !result.whole)
		err = search_near(analysis->kernel, extent, task, holder, &result);
	if (!err && (extent->window.count || extent->stack || extent->slab))
		err = gather(analysis, extent, &result, ret);
	search_deinit(&result);
	return err;
}

struct err *copies_find(struct analysis *analysis, uint64_t holder, uint64_t value)
{
	struct copies *copies = &analysis->memory.copies;
	struct extent extent = {.value = value};

	if (value < PAGE_SIZE)
		return NULL;
	TRY(find(analysis, holder, &extent, copies));
	if (copies->groups)
		memory_found_copies(analysis);
	return NULL;
}

struct err *copies_find_links(struct analysis *analysis, uint64_t start, uint64_t size,
			      struct copies *ret)
{
	struct extent extent = {.value = start, .size = size};

	*ret = (struct copies){0};
	return size ? find(analysis, start, &extent, ret) : NULL;
}
