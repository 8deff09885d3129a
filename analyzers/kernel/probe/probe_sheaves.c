/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sheaves of free objects, told by those that CPUs have of each cache. */
#include "kernel/probe/probe_sheaves.h"

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_caches.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define CPUS_MAX 64u
#define LOCK_MAX 64u	  /* in front of a CPU's sheaves: it may be a sleeping one */
#define SHEAF_HEADER 64u  /* in front of a sheaf's objects */
#define OBJECTS_MAX 4096u /* of a sheaf */
#define OBJECTS_READ 8u	  /* witnesses of each sheaf are its first objects */
#define WITNESSES_MIN 8u  /* sheaves */

/* main, and behind it spare and rcu_free, which may be NULL. */
enum { MAIN, SPARE, RCU_FREE, SHEAVES };

struct sheaves {
	struct kernel *kernel;
	struct cache_images caches;
	uint64_t
		empty; /* the one that caches have which have none, NULL where no symbol tells it */
	size_t at;     /* of struct kmem_cache */
	size_t main_at;	 /* of slub_percpu_sheaves */
	size_t cache_at; /* of slab_sheaf; its size and objects stand behind it */
	size_t seen[SHEAVES], wrong;
};

/* As many objects as it says, in memory that slabs can be in. */
static bool holds_objects(const struct sheaves *sheaves, uint64_t sheaf, uint32_t size)
{
	struct memory *memory = sheaves->kernel->memory;
	uint64_t objects[OBJECTS_READ], from = sheaf + sheaves->cache_at + 16;
	size_t count = MIN(size, OBJECTS_READ);

	if (size > OBJECTS_MAX || (count && !err_ok(memory_read(memory, from, objects, 8 * count))))
		return false;
	for (size_t i = 0; i < count; i++)
		if (objects[i] % 8 || memory_class(memory, objects[i]) != VA_DIRECT_MAP ||
		    (i && objects[i] == objects[i - 1]))
			return false;
	return true;
}

/* cache, size, node, objects[]. */
static bool is_sheaf(const struct sheaves *sheaves, const struct cache_image *cache, uint64_t sheaf)
{
	uint64_t words[2];

	return sheaf % 8 == 0 && memory_class(sheaves->kernel->memory, sheaf) == VA_DIRECT_MAP &&
	       err_ok(memory_read(sheaves->kernel->memory, sheaf + sheaves->cache_at, words,
				  sizeof(words))) &&
	       words[0] == cache->address && holds_objects(sheaves, sheaf, (uint32_t)words[1]);
}

static void look_at(struct sheaves *sheaves, const struct cache_image *cache, uint64_t area)
{
	uint64_t words[SHEAVES];

	if (!err_ok(memory_read(sheaves->kernel->memory, area + sheaves->main_at, words,
				sizeof(words)))) {
		sheaves->wrong++;
		return;
	}
	for (size_t i = 0; i < SHEAVES; i++) {
		if (i == MAIN ? sheaves->empty && words[i] == sheaves->empty : !words[i])
			continue;
		if (is_sheaf(sheaves, cache, words[i]))
			sheaves->seen[i]++;
		else
			sheaves->wrong++;
	}
}

/* So few of them may be wrong as the damage that the kernel died of can be. */
static bool are_wrong(const struct sheaves *sheaves)
{
	return sheaves->wrong * 16 > sheaves->seen[MAIN];
}

/* Of each cache and CPU; what is wrong for the first caches is not looked at any more. */
static bool fits(struct sheaves *sheaves)
{
	struct percpu *percpu = sheaves->kernel->percpu;
	unsigned cpus = MIN(percpu_cpus(percpu), CPUS_MAX);

	sheaves->seen[MAIN] = sheaves->seen[SPARE] = sheaves->seen[RCU_FREE] = sheaves->wrong = 0;
	for (size_t i = 0; i < sheaves->caches.count; i++) {
		const struct cache_image *cache = &sheaves->caches.list[i];
		uint64_t area, variable = load_u64(cache->bytes + sheaves->at);

		for (unsigned cpu = 0; variable && cpu < cpus; cpu++) {
			if (!percpu_online(percpu, cpu))
				continue;
			if (err_ok(percpu_address(percpu, variable, cpu, &area)))
				look_at(sheaves, cache, area);
			else
				sheaves->wrong++;
		}
		if (sheaves->wrong > WITNESSES_MIN && are_wrong(sheaves))
			return false;
	}
	return sheaves->seen[MAIN] >= WITNESSES_MIN && !are_wrong(sheaves);
}

static struct err *add(const struct sheaves *sheaves, struct type_provider *types)
{
	static const char *const names[SHEAVES] = {"main", "spare", "rcu_free"};

	TRY(probed_witness(types, "kmem_cache", "cpu_sheaves", sheaves->at, PROBED_POINTER));
	for (size_t i = 0; i < SHEAVES; i++)
		TRY(probed_witness(types, "slub_percpu_sheaves", names[i], sheaves->main_at + 8 * i,
				   PROBED_POINTER));
	TRY(probed_witness(types, "slab_sheaf", "size", sheaves->cache_at + 8, PROBED_NUMBER(4)));
	TRY(probed_witness(types, "slab_sheaf", "objects", sheaves->cache_at + 16,
			   PROBED_CHARS(8)));
	/* Where a cache's barn has it on a list: its first words, whatever else they are at other times. */
	return probed_witness(types, "slab_sheaf", "barn_list", 0, PROBED_STRUCT("list_head"));
}

static struct err *probe(struct sheaves *sheaves, struct type_provider *types)
{
	struct sheaves found = {0};
	unsigned count = 0;

	for (sheaves->at = 0; sheaves->at + 8 <= sheaves->caches.name; sheaves->at += 8)
		for (sheaves->main_at = 8; sheaves->main_at < LOCK_MAX; sheaves->main_at += 8)
			for (sheaves->cache_at = 8; sheaves->cache_at + 16 < SHEAF_HEADER;
			     sheaves->cache_at += 8)
				if (fits(sheaves)) {
					found = *sheaves;
					count++;
				}
	return count == 1 ? add(&found, types) : NULL;
}

struct err *probe_sheaves(struct kernel *kernel, struct type_provider *types)
{
	struct sheaves sheaves = {.kernel = kernel};
	uint64_t unused;
	struct err *err;

	if (!kernel->percpu || !symbols_find(kernel->symbols, "rcu_free_sheaf", &unused))
		return NULL;
	symbols_find(kernel->symbols, "bootstrap_sheaf", &sheaves.empty);
	err = cache_images_open(kernel, &sheaves.caches);
	if (!err && sheaves.caches.count)
		err = probe(&sheaves, types);
	cache_images_deinit(&sheaves.caches);
	return err;
}
