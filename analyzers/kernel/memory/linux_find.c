/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells a dump that has a Linux kernel in it from one that has none. */
#include "kernel/memory/linux_find.h"

#include "kernel/dump/dump_sweep.h"
#include "kernel/dump/linux_signs.h"

#define PAGES_MAX (4ull << 20) /* looked through: as many as memory_find() does */

static void look_at(void *context, uint64_t pfn, const void *page, enum visit_bytes bytes)
{
	bool *found = context;

	(void)pfn;
	if (bytes != BYTES_AGAIN && !*found)
		*found = linux_signs_in(page, PAGE_SIZE);
}

struct err *linux_find(const struct dump *dump, bool *found, bool *seen)
{
	_cleanup_(cleanup_sweep_close) struct sweep *sweep = NULL;
	struct visit_counts counts = {0};

	*found = false;
	TRY(sweep_open(dump, &sweep));
	uint64_t chunk = 0;

	while (chunk < sweep_chunks(dump) && !*found && counts.pages < PAGES_MAX)
		TRY(sweep_chunk(sweep, chunk++, look_at, found, &counts));
	*seen = chunk == sweep_chunks(dump) && !counts.truncated && !counts.corrupt;
	return NULL;
}
