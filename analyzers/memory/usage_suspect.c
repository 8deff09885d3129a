/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose the objects of a grown cache are: slab debugging says who allocated them, else the functions
 * they point to do. A sample of slabs is found by looking at struct pages all over memory.
 */
#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab_find.h"
#include "kernel/mm/slab_page.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "memory/usage_read.h"

#define PROBES 2048	    /* struct pages looked at */
#define OBJECTS 128	    /* of the sample */
#define OBJECTS_OF_SLAB 4   /* so that many slabs have a say */
#define OBJECT_BYTES 4096   /* of an object that are looked at */
#define FUNCTIONS 64	    /* that are counted: the sample's first ones */
#define RCU_DATA_BYTES 1024 /* of a CPU's rcu_data, or more */
#define CPUS 64		    /* whose queues are looked at */

struct sample {
	struct kernel *kernel;
	const struct slab_cache *cache;
	unsigned objects, tracked;
	struct vote {
		uint64_t function;
		unsigned count, last; /* objects that point to it; the last of them */
		unsigned queued;      /* of which are in a queue of RCU's, for it to be called */
		bool module;
	} votes[FUNCTIONS];
	size_t vote_count;
};

static void vote_for(struct sample *sample, uint64_t function, bool module, bool queued)
{
	for (size_t i = 0; i < sample->vote_count; i++) {
		struct vote *vote = &sample->votes[i];

		if (vote->function != function)
			continue;
		vote->count += vote->last != sample->objects;
		vote->queued += queued;
		vote->last = sample->objects;
		return;
	}
	if (sample->vote_count < FUNCTIONS)
		sample->votes[sample->vote_count++] =
			(struct vote){function, 1, sample->objects, queued, module};
}

/* struct rcu_head: the link stands before the function, and leads to another of the same function. */
static bool is_queued(struct sample *sample, uint64_t next, uint64_t function)
{
	uint64_t other;

	return memory_is_kernel(sample->kernel->memory, next) &&
	       err_ok(memory_read_u64(sample->kernel->memory, next + 8, &other)) &&
	       other == function;
}

/* struct rcu_segcblist in a CPU's rcu_data: pointers to the queue's first callback and to some of its last. */
static bool leads_to(struct kernel *kernel, uint64_t data, uint64_t function)
{
	uint64_t words[RCU_DATA_BYTES / 8], other;

	memory_read_there(kernel->memory, data, words, sizeof(words));
	for (size_t i = 0; i < RCU_DATA_BYTES / 8; i++)
		if (memory_is_kernel(kernel->memory, words[i]) &&
		    err_ok(memory_read_u64(kernel->memory, words[i] + 8, &other)) &&
		    other == function)
			return true;
	return false;
}

/* A list of objects with a function behind the link looks like RCU's: is there a CPU whose queue leads into it? */
static bool is_in_queue(struct kernel *kernel, uint64_t function)
{
	static const char *const names[] = {"rcu_data", "rcu_sched_data", "rcu_preempt_data"};
	unsigned cpus = kernel->percpu ? MIN(percpu_cpus(kernel->percpu), CPUS) : 0;
	uint64_t data;

	for (unsigned cpu = 0; cpu < cpus; cpu++)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (err_ok(percpu_symbol(kernel, names[i], cpu, &data)) &&
			    leads_to(kernel, data, function))
				return true;
	return false;
}

/* A word that points into code: to a function, or behind a call in it. */
static void take_word(struct sample *sample, uint64_t before, uint64_t word)
{
	enum va_class class = memory_class(sample->kernel->memory, word);
	struct symbol symbol;

	if ((class == VA_IMAGE || class == VA_MODULE) &&
	    symbols_at(sample->kernel->symbols, word, &symbol) && (symbol.type | 32) == 't')
		vote_for(sample, symbol.address, symbol.module[0],
			 word == symbol.address && is_queued(sample, before, word));
}

static void take_object(struct sample *sample, uint64_t start)
{
	size_t length = MIN(sample->cache->object_size, (uint64_t)OBJECT_BYTES) & ~7ull;
	uint8_t bytes[OBJECT_BYTES];
	struct slab_object object;
	struct symbol symbol;

	if (sample->cache->tracks && err_ok(slab_find(sample->kernel, start, &object)) &&
	    object.allocated.address &&
	    symbols_at(sample->kernel->symbols, object.allocated.address - 1, &symbol)) {
		sample->tracked++;
		vote_for(sample, symbol.address, symbol.module[0], false);
	} else if (err_ok(memory_read(sample->kernel->memory, start, bytes, length))) {
		for (size_t i = 0; i < length; i += 8)
			take_word(sample, i ? load_u64(bytes + i - 8) : 0, load_u64(bytes + i));
	}
	sample->objects++;
}

/* A page's slab has a say if it is of the cache. */
static void take_page(struct sample *sample, uint64_t phys)
{
	struct page_info page;
	struct slab slab;

	if (!err_ok(page_of_phys(sample->kernel, phys, &page)) || page.use != PAGE_USE_SLAB ||
	    !err_ok(slab_page_read(sample->kernel, &page, &slab)) || slab.cache != sample->cache ||
	    !slab.inuse)
		return;
	for (unsigned i = 0; i < MIN(slab.objects, OBJECTS_OF_SLAB); i++)
		take_object(sample, slab_object_start(&slab, i));
}

/* A function that half of the objects point to; a module's before the kernel's own. */
static void count_votes(const struct sample *sample, struct usage_suspect *suspect)
{
	const struct vote *best = NULL;

	for (size_t i = 0; i < sample->vote_count; i++) {
		const struct vote *vote = &sample->votes[i];

		if (vote->count * 2 < sample->objects)
			continue;
		if (!best || (vote->module && !best->module) ||
		    (vote->module == best->module && vote->count > best->count))
			best = vote;
	}
	*suspect = (struct usage_suspect){.cache = sample->cache, .objects = sample->objects};
	if (!best)
		return;
	suspect->function = best->function;
	suspect->agreeing = best->count;
	suspect->rcu =
		best->queued * 2 > best->count && is_in_queue(sample->kernel, best->function);
	suspect->track = sample->tracked * 2 > sample->objects;
}

struct err *usage_read_suspect(struct kernel *kernel, struct usage *usage)
{
	struct sample sample = {.kernel = kernel};
	uint64_t pages = dump_info(kernel->dump)->max_pfn, step = MAX(pages / PROBES, 1u);

	if (!usage->slab_count)
		return NULL;
	sample.cache = usage->slabs[0].cache;
	for (uint64_t pfn = step / 2; pfn < pages && sample.objects < OBJECTS; pfn += step)
		take_page(&sample, pfn << PAGE_SHIFT);
	count_votes(&sample, &usage->suspect);
	return NULL;
}
