/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/dump_sweep.h"

#include <stdlib.h>

#include "kernel/dump_container.h"

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

void sweep_chunk(struct sweep *sweep, uint64_t chunk, sweep_fn *visit, void *context,
		 struct sweep_counts *counts)
{
	uint64_t pfn = chunk * SWEEP_CHUNK;

	sweep->visit = visit;
	sweep->context = context;
	sweep->counts = counts;
	if (pfn < sweep->max_pfn)
		sweep->container->ops->sweep(sweep->container, sweep, pfn,
					     MIN(pfn + SWEEP_CHUNK, sweep->max_pfn));
}
