/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_SEARCH
#define TRIAGE_KERNEL_DUMP_SEARCH

#include "kernel/dump/dump_sweep.h"

/* Where a value stands in the physical memory of a dump: all of it, by several threads. */

/* What an aligned word of 8 bytes has to be. */
struct search_pattern {
	bool range;
	uint64_t value, mask; /* (word ^ value) & mask is 0 */
	uint64_t low, high;   /* range: low <= word < high */
};

struct search_hit {
	uint64_t phys;
	uint64_t word;
};

#define SEARCH_THREADS_MAX 16
#define SEARCH_HITS_MAX 65536

struct search_options {
	struct search_pattern pattern;
	unsigned threads; /* 0: as many as this process may use CPUs */
	size_t limit;	  /* hits kept, the lowest ones; at most SEARCH_HITS_MAX */
	/* So many pieces of the dump (dump_sweep.h), the first of them this; 0: all. */
	uint64_t chunks, first;
	/* Called now and then in the caller's thread; false ends the search. May be NULL. */
	bool (*progress)(void *context, uint64_t done, uint64_t all);
	void *context;
};

struct search_result {
	struct search_hit *hits; /* by address */
	size_t count;		 /* of hits */
	uint64_t total;		 /* of words found, kept or not */
	struct visit_counts pages;
	bool whole; /* went through all of the dump */
};

/*
 * Half a MiB and up to limit hits a thread, whatever the size of the dump. A page that cannot be
 * read is counted, not an error. dump may be used as ever by progress().
 */
struct err *search_run(const struct dump *dump, const struct search_options *options,
		       struct search_result *ret);
/* Add a hit that was found in another way; hits stay in order. */
struct err *search_add(struct search_result *result, struct search_hit hit);
void search_deinit(struct search_result *result);
/* CPUs this process may use, at most SEARCH_THREADS_MAX. */
unsigned search_threads(void);

#endif
