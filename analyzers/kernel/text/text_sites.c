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
	/* The first that can reach the address, then each until they begin beyond it. */
	size_t at = array_first(sites->count, i,
				sites->list[i].address + TEXT_SITE_LENGTH_MAX > address);

	for (at = MAX(at, *from); at < sites->count && sites->list[at].address <= address; at++)
		if (address - sites->list[at].address < sites->list[at].length) {
			*from = at + 1;
			return &sites->list[at];
		}
	*from = sites->count;
	return NULL;
}
