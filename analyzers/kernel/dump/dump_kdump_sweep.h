/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP_SWEEP
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP_SWEEP

#include "kernel/dump/dump_container.h"

/* Where in the file a kdump-compressed dump has what. */
struct kdump_map {
	struct dump_file *file;
	uint64_t exists, dumped; /* offsets of the two bitmaps */
	uint64_t descriptors;	 /* offset of the first */
	const uint64_t *rank;	 /* for each block of dumped: pages dumped before it */
	uint64_t max_pfn;
	uint64_t pages; /* dumped in all */
};

/* Show the pages [pfn, end), a piece of the dump, to the sweep's visitor. Fails on out-of-memory. */
struct err *kdump_sweep_pages(const struct kdump_map *map, struct sweep *sweep, uint64_t pfn,
			      uint64_t end);
/* Pages in the file below pfn. */
uint64_t kdump_sweep_pages_below(const struct kdump_map *map, uint64_t pfn);

#endif
