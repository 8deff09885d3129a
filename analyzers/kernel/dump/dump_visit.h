/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_VISIT
#define TRIAGE_KERNEL_DUMP_DUMP_VISIT

#include <stdint.h>

/* How a sweep over all pages of a dump (dump_sweep.h) shows them to its visitor. */

/* In pieces of this many page frames, which threads share out among them. */
#define SWEEP_CHUNK 4096u

enum visit_bytes {
	BYTES_OWN,
	BYTES_SHARED, /* more pages may have the same, as those full of zeros do */
	BYTES_AGAIN,  /* those of the last page that was BYTES_SHARED */
};

/* One page; it is gone once this returns, and not aligned to anything. */
typedef void visit_fn(void *context, uint64_t pfn, const void *page, enum visit_bytes bytes);

/* What became of the pages: the machine's RAM is the sum of them. */
struct visit_counts {
	uint64_t pages;	    /* shown to the visitor */
	uint64_t excluded;  /* left out by makedumpfile */
	uint64_t truncated; /* beyond the end of the file */
	uint64_t corrupt;   /* cannot be decoded, or read from the disk */
};

#endif
