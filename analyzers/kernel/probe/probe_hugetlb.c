/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where hugetlb counts its pages, by the masks and names of its pools. */
#include "kernel/probe/probe_hugetlb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define HSTATE_BYTES (256u << 10) /* lists of each of 1024 nodes are in it */
#define POOLS_MAX 2u		  /* of 2 MiB and 1 GiB: HUGE_MAX_HSTATE */
#define ORDER_MAX 18u
#define COUNT_MAX (1ull << 36)

struct pools {
	uint8_t *bytes;
	uint64_t size; /* of all of them */
};

/* mask, max_huge_pages, nr_huge_pages, free_huge_pages in a row, and the order in front of them. */
static bool is_pool(const struct pools *pools, uint64_t at, unsigned *order, uint64_t *order_at)
{
	uint64_t size = ~load_u64(pools->bytes + at) + 1, pages = load_u64(pools->bytes + at + 16),
		 free_pages = load_u64(pools->bytes + at + 24);
	unsigned found = 0;

	if (!size || size & (size - 1) || size < PAGE_SIZE || pages > COUNT_MAX ||
	    free_pages > pages)
		return false;
	*order = (unsigned)__builtin_ctzll(size) - PAGE_SHIFT;
	for (uint64_t before = 4; before <= 8; before += 4)
		if (at >= before && *order && *order <= ORDER_MAX &&
		    load_u32(pools->bytes + at - before) == *order) {
			*order_at = at - before;
			found++;
		}
	return found == 1;
}

/* "hugepages-2048kB", somewhere behind. */
static bool is_named(const struct pools *pools, uint64_t at, unsigned order)
{
	char name[32];
	int length = snprintf(name, sizeof(name), "hugepages-%llukB",
			      (unsigned long long)(PAGE_SIZE / 1024) << order);

	return memmem(pools->bytes + at, pools->size - at, name, (size_t)length + 1) != NULL;
}

static struct err *add(struct type_provider *types, uint64_t size, uint64_t mask, uint64_t order_at)
{
	TRY(probed_add(types, "hstate", "order", order_at, PROBED_NUMBER(4)));
	TRY(probed_add(types, "hstate", "nr_huge_pages", mask + 16, PROBED_NUMBER(8)));
	TRY(probed_add(types, "hstate", "free_huge_pages", mask + 24, PROBED_NUMBER(8)));
	return probed_set_size(types, TYPE_STRUCT, "hstate", size);
}

static struct err *search(const struct pools *pools, uint64_t count, struct type_provider *types)
{
	uint64_t at[POOLS_MAX], order_at[POOLS_MAX], size, found = 0;

	for (uint64_t i = 8; i + 32 <= pools->size; i += 8) {
		unsigned order;
		uint64_t where;

		if (!is_pool(pools, i, &order, &where) || !is_named(pools, i, order))
			continue;
		if (found == count)
			return NULL;
		at[found] = i;
		order_at[found++] = where;
	}
	if (found != count)
		return NULL;
	/* Of one pool alone its size does not matter, but that it is known. */
	size = count > 1 ? at[1] - at[0] : pools->size;
	return at[0] < size ? add(types, size, at[0], order_at[0]) : NULL;
}

struct err *probe_hugetlb(struct kernel *kernel, struct type_provider *types)
{
	_free_ uint8_t *bytes = NULL;
	struct symbol symbol;
	uint64_t states, variable, count;

	if (!symbols_find(kernel->symbols, "hstates", &states) ||
	    !symbols_find(kernel->symbols, "hugetlb_max_hstate", &variable) ||
	    !err_ok(memory_read_uint(kernel->memory, variable, 4, &count)) || !count ||
	    count > POOLS_MAX || !symbols_at(kernel->symbols, states, &symbol) || symbol.size < 64)
		return NULL;
	struct pools pools = {.size = MIN(symbol.size, HSTATE_BYTES)};
	bytes = pools.bytes = malloc(pools.size);
	if (!bytes)
		return &err_nomem;
	return err_ok(memory_read(kernel->memory, states, bytes, pools.size))
		       ? search(&pools, count, types)
		       : NULL;
}
