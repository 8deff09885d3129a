/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All pages of a dump, piece by piece, and which pieces lie around a page. */
#include "kernel/dump/dump_sweep.h"

#include <stdlib.h>

#include "kernel/dump/dump_container.h"

struct err *sweep_open(const struct dump *dump, struct sweep **ret)
{
	_cleanup_(cleanup_sweep_close) struct sweep *sweep = calloc(1, sizeof(*sweep));

	if (!sweep)
		return &err_nomem;
	sweep->container = dump_container(dump);
	sweep->max_pfn = dump_info(dump)->max_pfn;
	sweep->window = malloc(SWEEP_WINDOW);
	if (!sweep->window)
		return &err_nomem;
	TRY(decompressor_open(&sweep->decompressor));
	*ret = take_ptr(sweep);
	return NULL;
}

void sweep_close(struct sweep *sweep)
{
	if (!sweep)
		return;
	decompressor_close(sweep->decompressor);
	free(sweep->descriptors);
	free(sweep->window);
	free(sweep->bits);
	free(sweep);
}

uint64_t sweep_chunks(const struct dump *dump)
{
	return (dump_info(dump)->max_pfn + SWEEP_CHUNK - 1) / SWEEP_CHUNK;
}

static uint64_t pages_in(const struct container *container, uint64_t first, uint64_t end)
{
	return container->ops->pages_below(container, end * SWEEP_CHUNK) -
	       container->ops->pages_below(container, first * SWEEP_CHUNK);
}

/* The most steps a window grows by: 4096 pieces, or 64 GiB, to each side. */
#define WINDOW_STEPS_MAX 4096

struct sweep_window sweep_window(const struct dump *dump, uint64_t pfn, uint64_t pages)
{
	const struct container *container = dump_container(dump);
	uint64_t chunks = sweep_chunks(dump), low = MIN(pfn / SWEEP_CHUNK, chunks - 1);
	uint64_t high = low + 1, all = pages_in(container, 0, chunks), held, down = 1, up = 1;

	if (all <= pages)
		return (struct sweep_window){0, chunks, all, all};
	held = pages_in(container, low, high);
	/* In turn to both sides, until neither has a next piece that fits. */
	for (unsigned i = 0; (down || up) && i < WINDOW_STEPS_MAX; i++) {
		uint64_t more = 0;

		up = high < chunks &&
		     (more = pages_in(container, high, high + 1)) <= pages - MIN(held, pages);
		if (up) {
			high++;
			held += more;
		}
		down = low &&
		       (more = pages_in(container, low - 1, low)) <= pages - MIN(held, pages);
		if (down) {
			low--;
			held += more;
		}
	}
	return (struct sweep_window){low, high - low, held, all};
}

struct err *sweep_chunk(struct sweep *sweep, uint64_t chunk, visit_fn *visit, void *context,
			struct visit_counts *counts)
{
	uint64_t pfn = chunk * SWEEP_CHUNK;

	sweep->visit = visit;
	sweep->context = context;
	sweep->counts = counts;
	if (pfn >= sweep->max_pfn)
		return NULL;
	return sweep->container->ops->sweep(sweep->container, sweep, pfn,
					    MIN(pfn + SWEEP_CHUNK, sweep->max_pfn));
}
