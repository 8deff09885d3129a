/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash table of names that are kept elsewhere. */
#include "kernel/symbols/name_index.h"

#include <stdlib.h>

/* A slot: in its low bits one more than the entry's number, 0 being empty; above, bits of a hash. */
#define ENTRY_BITS 22
#define ENTRY_MASK ((1u << ENTRY_BITS) - 1)

static size_t start_of(const struct name_index *index, uint64_t hash)
{
	return (size_t)((hash * 0x9e3779b97f4a7c15ull) >> 24) & (index->capacity - 1);
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)((hash * 0x9e3779b97f4a7c15ull) >> 54) << ENTRY_BITS;
}

static uint32_t entry_of(uint32_t slot)
{
	return (slot & ENTRY_MASK) - 1;
}

bool name_index_init(struct name_index *index, size_t count)
{
	size_t capacity = 64;

	if (count > NAME_INDEX_MAX)
		return false;
	while (capacity * 3 < count * 4)
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

void name_index_prefetch(const struct name_index *index, uint64_t hash)
{
	__builtin_prefetch(&index->slots[start_of(index, hash)], 1);
}

void name_index_add(struct name_index *index, uint64_t hash, uint32_t entry, name_hash_fn hash_of,
		    const void *table)
{
	size_t i = start_of(index, hash);
	uint32_t tag = tag_of(hash);

	/* Some names come by the thousand ("__already_done.0"): chains of them would be walked. */
	while (index->slots[i]) {
		if ((index->slots[i] & ~ENTRY_MASK) == tag &&
		    hash_of(table, entry_of(index->slots[i])) == hash)
			return;
		i = (i + 1) & (index->capacity - 1);
	}
	index->slots[i] = tag | (entry + 1);
}

bool name_index_find(const struct name_index *index, uint64_t hash, const char *name,
		     name_equal_fn equal, const void *table, uint32_t *ret)
{
	size_t i = start_of(index, hash);
	uint32_t tag = tag_of(hash);

	for (; index->slots[i]; i = (i + 1) & (index->capacity - 1)) {
		uint32_t entry = entry_of(index->slots[i]);

		if ((index->slots[i] & ~ENTRY_MASK) != tag || !equal(table, entry, name))
			continue;
		*ret = entry;
		return true;
	}
	return false;
}
