/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of the places in the kernel's code that it patches itself. */
#include "kernel/text/text_sites.h"

#include "base/array.h"

#define SITES_MAX (1u << 21)

struct err *text_sites_add(struct text_sites *sites, const struct text_site *site)
{
	if (sites->count == SITES_MAX)
		return err_new(ERR_LIMIT, "more than %u places of patched code", SITES_MAX);
	if (!array_grow(sites->list, sites->count))
		return &err_nomem;
	sites->list[sites->count++] = *site;
	return NULL;
}

static int by_address(const void *a, const void *b)
{
	const struct text_site *one = a, *other = b;

	return (one->address > other->address) - (one->address < other->address);
}

void text_sites_sort(struct text_sites *sites)
{
	if (sites->count)
		qsort(sites->list, sites->count, sizeof(*sites->list), by_address);
}

void text_sites_deinit(struct text_sites *sites)
{
	free(sites->list);
	*sites = (struct text_sites){0};
}

const struct text_site *text_sites_next(const struct text_sites *sites, uint64_t address,
					size_t *from)
{
	size_t low = *from, high = sites->count;

	/* The first that can reach the address, then each until they begin beyond it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sites->list[middle].address + TEXT_SITE_LENGTH_MAX <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < sites->count && sites->list[low].address <= address; low++)
		if (address - sites->list[low].address < sites->list[low].length) {
			*from = low + 1;
			return &sites->list[low];
		}
	*from = sites->count;
	return NULL;
}
