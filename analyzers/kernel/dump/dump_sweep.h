/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_SWEEP
#define TRIAGE_KERNEL_DUMP_DUMP_SWEEP

#include "kernel/dump/dump.h"
#include "kernel/dump/dump_visit.h"

/*
 * Every page of a dump once, in the order of the file: large reads, no page cache. Any number of
 * sweeps, each in its own thread, may go over one dump at the same time, and beside them one thread
 * that uses the dump itself. A sweep takes half a MiB, however large the dump.
 */
struct sweep;

struct err *sweep_open(const struct dump *dump, struct sweep **ret);
void sweep_close(struct sweep *sweep);
DEFINE_CLEANUP(struct sweep, sweep_close)

/* Pieces of SWEEP_CHUNK page frames that the dump has. */
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
/* Visit the pages of one piece, lowest first; adds to counts. Fails on out-of-memory alone. */
struct err *sweep_chunk(struct sweep *sweep, uint64_t chunk, visit_fn *visit, void *context,
			struct visit_counts *counts);

#endif
