/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/name_index.h"

#include <stdlib.h>

/* entry is one more than the table's, so that zeroed memory is an empty index. */
struct name_slot {
	uint32_t tag;
	uint32_t entry;
};

static size_t start_of(const struct name_index *index, uint64_t hash)
{
	return (size_t)((hash * 0x9e3779b97f4a7c15ull) >> 24) & (index->capacity - 1);
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

bool name_index_init(struct name_index *index, size_t count)
{
	size_t capacity = 64;

	while (capacity * 2 < count * 3)
		capacity *= 2;
	index->slots = calloc(capacity, sizeof(*index->slots));
	index->capacity = capacity;
	return index->slots;
}

void name_index_deinit(struct name_index *index)
{
	free(index->slots);
	*index = (struct name_index){0};
}

void name_index_add(struct name_index *index, uint64_t hash, uint32_t entry, name_hash_fn hash_of,
		    const void *table)
{
	size_t i = start_of(index, hash);
	uint32_t tag = tag_of(hash);

	/* Some names come by the thousand ("__already_done.0"): chains of them would be walked. */
	while (index->slots[i].entry) {
		if (index->slots[i].tag == tag &&
		    hash_of(table, index->slots[i].entry - 1) == hash)
			return;
		i = (i + 1) & (index->capacity - 1);
	}
	index->slots[i] = (struct name_slot){tag, entry + 1};
}

bool name_index_find(const struct name_index *index, uint64_t hash, const char *name,
		     name_equal_fn equal, const void *table, uint32_t *ret)
{
	size_t i = start_of(index, hash);
	uint32_t tag = tag_of(hash);

	for (; index->slots[i].entry; i = (i + 1) & (index->capacity - 1)) {
		if (index->slots[i].tag != tag || !equal(table, index->slots[i].entry - 1, name))
			continue;
		*ret = index->slots[i].entry - 1;
		return true;
	}
	return false;
}
