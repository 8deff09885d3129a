/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for a value in all physical memory of a dump, with several threads. */
#include "kernel/dump/search.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define WORDS (PAGE_SIZE / sizeof(uint64_t))
#define STACK_SIZE (256u << 10)

/* What the threads share. */
struct search {
	const struct search_options *options;
	uint64_t first, chunks; /* to search; the dump may have more */
	bool whole;
	atomic_uint_fast64_t next, done;
	atomic_bool stop;
};

struct searcher {
	struct search *search;
	struct sweep *sweep;
	struct search_hit *hits;
	size_t count;
	uint64_t total;
	uint64_t shared; /* found in the page that several share */
	struct visit_counts pages;
	bool out_of_memory;
	pthread_t thread;
};

/* --- one page --------------------------------------------------------------------------------- */

/* Pages are not aligned: those stored uncompressed lie where they lie in the file. */
typedef uint64_t word __attribute__((aligned(1), may_alias));

/* A sum, not a search: without jumps the compiler compares four words at a time. */
__attribute__((target_clones("avx2", "default"))) static uint64_t count_equal(const word *words,
									      uint64_t value)
{
	uint64_t count = 0;

	for (size_t i = 0; i < WORDS; i++)
		count += words[i] == value;
	return count;
}

__attribute__((target_clones("avx2", "default"))) static uint64_t
count_masked(const word *words, uint64_t value, uint64_t mask)
{
	uint64_t count = 0;

	for (size_t i = 0; i < WORDS; i++)
		count += !((words[i] ^ value) & mask);
	return count;
}

__attribute__((target_clones("avx2", "default"))) static uint64_t
count_within(const word *words, uint64_t low, uint64_t size)
{
	uint64_t count = 0;

	for (size_t i = 0; i < WORDS; i++)
		count += words[i] - low < size;
	return count;
}

static uint64_t count_matches(const struct search_pattern *pattern, const word *words)
{
	if (pattern->range)
		return count_within(words, pattern->low, pattern->high - pattern->low);
	return pattern->mask == UINT64_MAX ? count_equal(words, pattern->value)
					   : count_masked(words, pattern->value, pattern->mask);
}

static bool matches(const struct search_pattern *pattern, uint64_t value)
{
	return pattern->range ? value - pattern->low < pattern->high - pattern->low
			      : !((value ^ pattern->value) & pattern->mask);
}

static bool keep(struct searcher *searcher, uint64_t phys, uint64_t value)
{
	if (!array_grow(searcher->hits, searcher->count))
		return false;
	searcher->hits[searcher->count++] = (struct search_hit){phys, value};
	return true;
}

/*
 * Pieces are handed out lowest first, so the first hits of a thread are its lowest: what is lowest
 * of all is among them.
 */
static void search_page(void *context, uint64_t pfn, const void *page, enum visit_bytes bytes)
{
	struct searcher *searcher = context;
	const struct search_options *options = searcher->search->options;
	const struct search_pattern *pattern = &options->pattern;
	const word *words = page;
	uint64_t found = bytes == BYTES_AGAIN ? searcher->shared : count_matches(pattern, words);

	if (bytes == BYTES_SHARED)
		searcher->shared = found;
	searcher->total += found;
	for (size_t i = 0; found && i < WORDS && searcher->count < options->limit; i++)
		if (matches(pattern, words[i]) &&
		    !keep(searcher, (pfn << PAGE_SHIFT) + i * sizeof(uint64_t), words[i]))
			searcher->out_of_memory = true;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* progress is called by one of the threads alone, the caller's own. */
static void search_chunks(struct searcher *searcher, bool reports)
{
	struct search *search = searcher->search;
	const struct search_options *options = search->options;

	while (!atomic_load(&search->stop)) {
		uint64_t chunk = atomic_fetch_add(&search->next, 1);

		if (chunk >= search->chunks)
			return;
		if (!err_ok(sweep_chunk(searcher->sweep, search->first + chunk, search_page,
					searcher, &searcher->pages)))
			searcher->out_of_memory = true; /* the only way it fails */
		uint64_t done = atomic_fetch_add(&search->done, 1) + 1;
		if (searcher->out_of_memory ||
		    (reports && options->progress &&
		     !options->progress(options->context, done, search->chunks)))
			atomic_store(&search->stop, true);
	}
}

static void *run_thread(void *context)
{
	search_chunks(context, false);
	return NULL;
}

/* Threads that cannot be had leave their share to the others. */
static unsigned start_threads(struct searcher *searchers, unsigned count)
{
	unsigned started = 1;
	pthread_attr_t attributes;

	if (pthread_attr_init(&attributes))
		return started;
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	while (started < count && !pthread_create(&searchers[started].thread, &attributes,
						  run_thread, &searchers[started]))
		started++;
	pthread_attr_destroy(&attributes);
	return started;
}

static int compare_hits(const void *a, const void *b)
{
	const struct search_hit *x = a, *y = b;

	return (x->phys > y->phys) - (x->phys < y->phys);
}

static void add_counts(struct visit_counts *sum, const struct visit_counts *counts)
{
	sum->pages += counts->pages;
	sum->excluded += counts->excluded;
	sum->truncated += counts->truncated;
	sum->corrupt += counts->corrupt;
}

static struct err *merge(const struct searcher *searchers, unsigned count, size_t limit,
			 struct search_result *ret)
{
	size_t hits = 0;

	for (unsigned i = 0; i < count; i++)
		hits += searchers[i].count;
	ret->hits = calloc(hits + 1, sizeof(*ret->hits));
	if (!ret->hits)
		return &err_nomem;
	for (unsigned i = 0; i < count; i++) {
		const struct searcher *searcher = &searchers[i];

		if (searcher->count)
			memcpy(ret->hits + ret->count, searcher->hits,
			       searcher->count * sizeof(*ret->hits));
		ret->count += searcher->count;
		ret->total += searcher->total;
		add_counts(&ret->pages, &searcher->pages);
	}
	qsort(ret->hits, ret->count, sizeof(*ret->hits), compare_hits);
	ret->count = MIN(ret->count, limit);
	return NULL;
}

static struct err *run_searchers(struct searcher *searchers, unsigned count,
				 struct search_result *ret)
{
	struct search *search = searchers[0].search;
	bool out_of_memory = false;

	unsigned started = start_threads(searchers, count);
	search_chunks(&searchers[0], true);
	for (unsigned i = 1; i < started; i++)
		pthread_join(searchers[i].thread, NULL);
	for (unsigned i = 0; i < started; i++)
		out_of_memory |= searchers[i].out_of_memory;
	if (out_of_memory)
		return &err_nomem;
	ret->whole = search->whole && atomic_load(&search->done) == search->chunks;
	return merge(searchers, started, search->options->limit, ret);
}

unsigned search_threads(void)
{
	cpu_set_t cpus;

	/* Fails on machines with more CPUs than the set holds. */
	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return SEARCH_THREADS_MAX;
	return MIN((unsigned)CPU_COUNT(&cpus), SEARCH_THREADS_MAX);
}

static struct err *check(const struct search_options *options)
{
	if (options->pattern.range && options->pattern.low >= options->pattern.high)
		return err_new(ERR_INVALID, "an empty range to search for");
	if (!options->pattern.range && !options->pattern.mask)
		return err_new(ERR_INVALID, "a mask of 0 fits every word");
	if (options->limit > SEARCH_HITS_MAX)
		return err_new(ERR_INVALID, "at most %u hits can be kept", SEARCH_HITS_MAX);
	return NULL;
}

struct err *search_run(const struct dump *dump, const struct search_options *options,
		       struct search_result *ret)
{
	struct searcher searchers[SEARCH_THREADS_MAX] = {0};
	uint64_t all = sweep_chunks(dump);
	struct search search = {
		.options = options,
		.first = options->first,
		.chunks = options->chunks ? options->chunks : all,
		.whole = !options->first && (!options->chunks || options->chunks >= all),
	};
	unsigned count = options->threads ? options->threads : search_threads();
	struct err *err = check(options);

	*ret = (struct search_result){0};
	if (err)
		return err;
	count = (unsigned)MAX(1, MIN(MIN(count, SEARCH_THREADS_MAX), search.chunks));
	for (unsigned i = 0; !err && i < count; i++) {
		searchers[i].search = &search;
		err = sweep_open(dump, &searchers[i].sweep);
	}
	if (!err)
		err = run_searchers(searchers, count, ret);
	for (unsigned i = 0; i < count; i++) {
		sweep_close(searchers[i].sweep);
		free(searchers[i].hits);
	}
	if (err)
		search_deinit(ret);
	return err;
}

struct err *search_add(struct search_result *result, struct search_hit hit)
{
	struct search_hit *grown =
		reallocarray(result->hits, result->count + 1, sizeof(*result->hits));
	size_t at = result->count;

	if (!grown)
		return &err_nomem;
	result->hits = grown;
	for (; at && grown[at - 1].phys > hit.phys; at--)
		grown[at] = grown[at - 1];
	grown[at] = hit;
	result->count++;
	result->total++;
	return NULL;
}

void search_deinit(struct search_result *result)
{
	free(result->hits);
	*result = (struct search_result){0};
}
