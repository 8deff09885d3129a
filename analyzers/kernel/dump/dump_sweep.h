/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_SWEEP
#define TRIAGE_KERNEL_DUMP_DUMP_SWEEP

#include "kernel/dump/dump.h"

/*
 * Every page of a dump once, in the order of the file: large reads, no page cache. Any number of
 * sweeps, each in its own thread, may go over one dump at the same time, and beside them one thread
 * that uses the dump itself. A sweep takes half a MiB, however large the dump.
 */
struct sweep;

/* What became of the pages: the machine's RAM is the sum of them. */
struct sweep_counts {
	uint64_t pages;	    /* shown to the visitor */
	uint64_t excluded;  /* left out by makedumpfile */
	uint64_t truncated; /* beyond the end of the file */
	uint64_t corrupt;   /* cannot be decoded, or read from the disk */
};

enum sweep_bytes {
	BYTES_OWN,
	BYTES_SHARED, /* more pages may have the same, as those full of zeros do */
	BYTES_AGAIN,  /* those of the last page that was BYTES_SHARED */
};
/* One page; it is gone once this returns, and not aligned to anything. */
typedef void sweep_fn(void *context, uint64_t pfn, const void *page, enum sweep_bytes bytes);

struct err *sweep_open(const struct dump *dump, struct sweep **ret);
void sweep_close(struct sweep *sweep);
DEFINE_CLEANUP(struct sweep, sweep_close)

/* The dump in pieces of this many page frames, which threads share out among them. */
#define SWEEP_CHUNK 4096u
uint64_t sweep_chunks(const struct dump *dump);
/* A run of pieces. */
struct sweep_window {
	uint64_t first, count;
	uint64_t pages; /* in the file, of these pieces */
	uint64_t all;	/* pages of the dump */
};
/*
 * The pieces around a page frame that hold no more than this many pages between them, or the one
 * it is in; all of them when the dump has no more.
 */
struct sweep_window sweep_window(const struct dump *dump, uint64_t pfn, uint64_t pages);
/* Visit the pages of one piece, lowest first; adds to counts. */
void sweep_chunk(struct sweep *sweep, uint64_t chunk, sweep_fn *visit, void *context,
		 struct sweep_counts *counts);

#endif
