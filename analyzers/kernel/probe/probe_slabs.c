/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of slabs, told from slabs that are known to be some. */
#include "kernel/probe/probe_slabs.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/object_page.h"
#include "kernel/probe/cache_nodes.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define SLABS_MAX 256u /* enough witnesses */
#define SLABS_MIN 8u   /* fewer are none */
#define SLAB_BYTES (32u * PAGE_SIZE)
#define STEPS_MAX 32u /* of one free list */
#define CPUS_MAX 64u
#define OBJECTS_MAX 128u    /* enough of them to tell how tails lead to heads */
#define TASKS_LOOKED_AT 64u /* for pointers to other objects */

struct slab_image {
	const struct cache_image *cache;
	struct object_page page;
};

struct slab_images {
	const struct sample *sample;
	struct memory *memory;
	struct cache_images caches;
	struct tail_form tail;
	struct slab_image *list;
	size_t count;
	struct map pages; /* of struct page looked at */
	size_t cache;	  /* offset in struct page */
	size_t freelist;
	size_t random; /* offset in kmem_cache; 0: free lists are not hardened */
	bool swapped;  /* random is xored with the address's bytes swapped */
	size_t cpu_slab, cpu_page;
};

/* Are so few of them wrong that it may be the damage that the kernel died of? */
static bool are_few(size_t wrong, size_t right)
{
	return right >= SLABS_MIN && wrong * 16 <= right;
}

/* --- pages ------------------------------------------------------------------------------------ */

/* The head of the page that holds an address. */
static bool read_page(const struct slab_images *images, uint64_t address, struct slab_image *ret)
{
	return object_page_read(images->sample->kernel, &images->tail, address, &ret->page);
}

/* By caches and tasks, which are objects of slabs. */
static bool find_tail(struct slab_images *images)
{
	const struct sample *sample = images->sample;
	uint64_t objects[OBJECTS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < images->caches.count && count < OBJECTS_MAX / 2; i++)
		objects[count++] = images->caches.list[i].address;
	for (size_t i = 1; i < sample->count && count < OBJECTS_MAX; i++)
		objects[count++] = sample->tasks[i].address;
	return tail_form_find(sample->kernel, objects, count, &images->tail);
}

/* --- struct page's pointer to the cache ------------------------------------------------------- */

struct votes {
	size_t right[STRUCT_PAGE / 8], count;
};

static void vote(const struct slab_images *images, uint64_t object, uint64_t cache,
		 struct votes *votes)
{
	struct slab_image slab;

	if (!read_page(images, object, &slab))
		return;
	votes->count++;
	for (size_t i = 0; i < STRUCT_PAGE / 8; i++)
		votes->right[i] += load_u64(slab.page.bytes + 8 * i) == cache;
}

static bool choose(const struct votes *votes, size_t *ret)
{
	unsigned found = 0;

	for (size_t i = 0; i < STRUCT_PAGE / 8; i++)
		if (are_few(votes->count - votes->right[i], votes->right[i])) {
			*ret = 8 * i;
			found++;
		}
	return found == 1;
}

/* Caches are objects of the cache "kmem_cache": with tasks, if they are told of, two witnesses. */
static bool find_cache(struct slab_images *images)
{
	const struct sample *sample = images->sample;
	struct votes of_caches = {0}, of_tasks = {0};
	uint64_t variable, cache;
	size_t by_tasks;
	struct slab_image slab;

	if (!symbols_find(sample->kernel->symbols, "kmem_cache", &variable) ||
	    !err_ok(memory_read_u64(images->memory, variable, &cache)) ||
	    !cache_images_find(&images->caches, cache))
		return false;
	for (size_t i = 0; i < images->caches.count; i++)
		vote(images, images->caches.list[i].address, cache, &of_caches);
	if (!choose(&of_caches, &images->cache))
		return false;
	/* Tasks are of one cache, too, whatever it is called. init_task is of none. */
	if (sample->count < 2 || !read_page(images, sample->tasks[1].address, &slab))
		return false;
	cache = load_u64(slab.page.bytes + images->cache);
	for (size_t i = 1; i < sample->count; i++)
		vote(images, sample->tasks[i].address, cache, &of_tasks);
	return cache_images_find(&images->caches, cache) && choose(&of_tasks, &by_tasks) &&
	       by_tasks == images->cache;
}

/* --- slabs ------------------------------------------------------------------------------------ */

static struct err *add_slab(struct slab_images *images, uint64_t object)
{
	struct slab_image slab;

	if (images->count == SLABS_MAX || !read_page(images, object, &slab) ||
	    !map_add(&images->pages, slab.page.address, 0))
		return NULL;
	slab.cache = cache_images_find(&images->caches, load_u64(slab.page.bytes + images->cache));
	if (slab.cache)
		images->list[images->count++] = slab;
	return NULL;
}

/* On their lists caches have those with free objects, by a place within their struct page. */
static struct err *add_listed(struct slab_images *images)
{
	struct kernel *kernel = images->sample->kernel;
	struct cache_nodes nodes;
	uint64_t page, phys;

	if (!cache_nodes_find(kernel, &images->caches, &nodes))
		return NULL;
	for (size_t i = 0; i < images->caches.count; i++)
		if (cache_nodes_partial(kernel, &nodes, &images->caches.list[i], &page) &&
		    object_page_phys(images->sample->kernel, page - page % STRUCT_PAGE, &phys))
			TRY(add_slab(images, memory_phys_to_virt(images->memory, phys)));
	return NULL;
}

/* Those of caches and tasks, and of all that tasks point to. */
static struct err *find_slabs(struct slab_images *images)
{
	const struct sample *sample = images->sample;

	images->list = calloc(SLABS_MAX, sizeof(*images->list));
	if (!images->list)
		return &err_nomem;
	for (size_t i = 0; i < images->caches.count; i++)
		TRY(add_slab(images, images->caches.list[i].address));
	TRY(add_listed(images));
	for (size_t i = 1; i < MIN(sample->count, TASKS_LOOKED_AT); i++) {
		TRY(add_slab(images, sample->tasks[i].address));
		for (size_t at = 0; at + 8 <= sample->length && images->count < SLABS_MAX;
		     at += 8) {
			uint64_t word = sample_word(&sample->tasks[i], at);

			if (memory_class(images->memory, word) == VA_DIRECT_MAP)
				TRY(add_slab(images, word));
		}
	}
	return NULL;
}

static bool is_object(const struct slab_image *slab, uint64_t address, unsigned objects)
{
	uint64_t from = address - slab->page.base;

	return address >= slab->page.base && from / slab->cache->size < objects &&
	       from % slab->cache->size == 0;
}

static unsigned objects_of(const struct slab_image *slab, size_t freelist)
{
	return load_u32(slab->page.bytes + freelist + 8) >> 16 & 0x7fff;
}

/*
 * A list's head, and behind it inuse:16, objects:15, frozen:1 (fe97b01b4cb4 v3.1 and later); in v7.0 and
 * later, how far apart what is noted of the objects lies follows.
 */
static bool is_freelist(const struct slab_image *slab, size_t offset)
{
	uint64_t list = load_u64(slab->page.bytes + offset),
		 counters = load_u64(slab->page.bytes + offset + 8);
	unsigned inuse = counters & 0xffff, objects = objects_of(slab, offset);

	return counters >> 32 <= slab->cache->size && objects && inuse <= objects &&
	       (uint64_t)objects * slab->cache->size <= SLAB_BYTES &&
	       (!list || is_object(slab, list, objects));
}

static bool find_freelist(struct slab_images *images)
{
	unsigned found = 0;

	for (size_t offset = 8; offset + 16 <= STRUCT_PAGE; offset += 8) {
		size_t right = 0, lists = 0;

		for (size_t i = 0; i < images->count; i++) {
			bool is = is_freelist(&images->list[i], offset);

			right += is;
			lists += is && load_u64(images->list[i].page.bytes + offset);
		}
		if (!lists || !are_few(images->count - right, right))
			continue;
		images->freelist = offset;
		found++;
	}
	return found == 1;
}

/* --- free lists ------------------------------------------------------------------------------- */

static uint64_t decode(const struct slab_images *images, const struct cache_image *cache,
		       uint64_t at, uint64_t raw)
{
	if (!images->random)
		return raw;
	return raw ^ load_u64(cache->bytes + images->random) ^
	       (images->swapped ? __builtin_bswap64(at) : at);
}

/* Does each free object lead to another of the slab, or to the end? */
static bool is_walkable(const struct slab_images *images, const struct slab_image *slab)
{
	uint64_t object = load_u64(slab->page.bytes + images->freelist), raw;
	unsigned objects = objects_of(slab, images->freelist);

	for (unsigned i = 0; object && i < STEPS_MAX; i++) {
		uint64_t at = object + slab->cache->offset;

		if (!is_object(slab, object, objects) ||
		    !err_ok(memory_read_u64(images->memory, at, &raw)))
			return false;
		object = decode(images, slab->cache, at, raw);
	}
	return true;
}

static bool are_walkable(const struct slab_images *images)
{
	size_t right = 0, wrong = 0;

	for (size_t i = 0; i < images->count; i++)
		if (load_u64(images->list[i].page.bytes + images->freelist)) {
			bool walkable = is_walkable(images, &images->list[i]);

			right += walkable;
			wrong += !walkable;
		}
	return are_few(wrong, right);
}

/*
 * Plain, or hardened (2482ddec670f v4.14) by a random number of the cache, which stands behind its
 * name; the address is swapped since 1ad53d9fa3f6 v5.7.
 */
static bool find_random(struct slab_images *images)
{
	struct slab_images trial = *images;
	unsigned found = 0;

	if (are_walkable(&trial))
		return true;
	for (size_t offset = images->caches.name + 8; offset + 8 <= CACHE_BYTES; offset += 8)
		for (int swapped = 0; swapped < 2; swapped++) {
			trial.random = offset;
			trial.swapped = swapped;
			if (!are_walkable(&trial))
				continue;
			images->random = offset;
			images->swapped = swapped;
			found++;
		}
	return found == 1;
}

/* --- what CPUs have taken --------------------------------------------------------------------- */

/* kmem_cache_cpu: the list of the slab it names, which is the cache's, or nothing. */
static bool is_taken(const struct slab_images *images, const struct cache_image *cache,
		     uint64_t area, size_t page_at, size_t *slabs)
{
	uint64_t list, page;
	struct slab_image slab = {.cache = cache};

	if (!err_ok(memory_read_u64(images->memory, area, &list)) ||
	    !err_ok(memory_read_u64(images->memory, area + page_at, &page)))
		return false;
	if (!page)
		return !list;
	if (!err_ok(memory_read(images->memory, page, slab.page.bytes, STRUCT_PAGE)))
		return false;
	uint64_t vmemmap = memory_vmemmap(images->memory);
	slab.page.base =
		memory_phys_to_virt(images->memory, (page - vmemmap) / STRUCT_PAGE << PAGE_SHIFT);
	++*slabs;
	return load_u64(slab.page.bytes + images->cache) == cache->address &&
	       (!list || is_object(&slab, list, objects_of(&slab, images->freelist)));
}

static bool are_taken(const struct slab_images *images, size_t at, size_t page_at)
{
	struct percpu *percpu = images->sample->kernel->percpu;
	unsigned cpus = MIN(percpu_cpus(percpu), CPUS_MAX);
	size_t right = 0, wrong = 0, slabs = 0;

	for (size_t i = 0; i < images->caches.count; i++) {
		const struct cache_image *cache = &images->caches.list[i];

		for (unsigned cpu = 0; cpu < cpus; cpu++) {
			uint64_t area;

			if (!percpu_online(percpu, cpu))
				continue;
			bool is = err_ok(percpu_address(percpu, load_u64(cache->bytes + at), cpu,
							&area)) &&
				  is_taken(images, cache, area, page_at, &slabs);
			right += is;
			wrong += !is;
			if (wrong > SLABS_MIN && !are_few(wrong, right))
				return false;
		}
	}
	return are_few(wrong, right) && slabs >= SLABS_MIN;
}

/* CPUs have slabs of their own, which flush_cpu_slab() takes from them, until v7.0. */
static bool has_taken(const struct slab_images *images)
{
	struct symbols *symbols = images->sample->kernel->symbols;
	uint64_t unused;

	return !symbols_find(symbols, "rcu_free_sheaf", &unused) ||
	       symbols_find(symbols, "flush_cpu_slab", &unused);
}

static bool find_taken(struct slab_images *images)
{
	unsigned found = 0;

	if (!has_taken(images))
		return true;
	for (size_t at = 0; at + 8 <= images->caches.name; at += 8)
		for (size_t page_at = 8; page_at <= 16; page_at += 8) {
			if (!are_taken(images, at, page_at))
				continue;
			images->cpu_slab = at;
			images->cpu_page = page_at;
			found++;
		}
	return found == 1;
}

/* --- all of it -------------------------------------------------------------------------------- */

static struct err *add_cache(const struct slab_images *images, struct type_provider *types)
{
	const struct cache_images *caches = &images->caches;

	TRY(probed_add(types, "kmem_cache", "name", caches->name, PROBED_POINTER));
	TRY(probed_add(types, "kmem_cache", "list", caches->node, PROBED_STRUCT("list_head")));
	TRY(probed_add(types, "kmem_cache", "size", caches->size, PROBED_NUMBER(4)));
	TRY(probed_add(types, "kmem_cache", "object_size", caches->object_size, PROBED_NUMBER(4)));
	TRY(probed_add(types, "kmem_cache", "offset", caches->offset, PROBED_NUMBER(4)));
	return images->random
		       ? probed_add(types, "kmem_cache", "random", images->random, PROBED_NUMBER(8))
		       : NULL;
}

static struct err *add_slabs(const struct slab_images *images, struct type_provider *types)
{
	size_t counters = images->freelist + 8;

	TRY(add_cache(images, types));
	if (images->tail.member)
		TRY(probed_add(types, "page", images->tail.member, images->tail.at,
			       PROBED_POINTER));
	TRY(probed_add(types, "slab", "slab_cache", images->cache, PROBED_POINTER));
	TRY(probed_add(types, "slab", "freelist", images->freelist, PROBED_POINTER));
	TRY(probed_add(types, "slab", "inuse", counters, PROBED_BITS(4, 0, 16)));
	TRY(probed_add(types, "slab", "objects", counters, PROBED_BITS(4, 16, 15)));
	TRY(probed_add(types, "slab", "frozen", counters, PROBED_BITS(4, 31, 1)));
	if (!has_taken(images))
		return NULL;
	TRY(probed_add(types, "kmem_cache", "cpu_slab", images->cpu_slab, PROBED_POINTER));
	TRY(probed_add(types, "kmem_cache_cpu", "freelist", 0, PROBED_POINTER));
	return probed_add(types, "kmem_cache_cpu", "slab", images->cpu_page, PROBED_POINTER);
}

static struct err *probe(struct slab_images *images)
{
	TRY(cache_images_open(images->sample->kernel, &images->caches));
	if (!images->caches.count || !find_tail(images) || !find_cache(images))
		return NULL;
	TRY(find_slabs(images));
	if (!find_freelist(images) || !find_random(images) || !find_taken(images))
		return NULL;
	/* Lists that lead from object to object need all of them to be right. */
	probed_set_proven(images->sample->types, true);
	TRY(add_slabs(images, images->sample->types));
	probed_set_proven(images->sample->types, false);
	return NULL;
}

struct err *probe_slabs(const struct sample *sample)
{
	struct slab_images images = {.sample = sample, .memory = sample->kernel->memory};
	uint64_t size;
	struct err *err;

	if (!sample->kernel->percpu || !memory_vmemmap(images.memory) ||
	    !vmcoreinfo_size(sample->kernel->vmcoreinfo, "page", &size) || size != STRUCT_PAGE)
		return NULL;
	err = probe(&images);
	cache_images_deinit(&images.caches);
	map_deinit(&images.pages);
	free(images.list);
	return err;
}
