/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open addressing: an index for tables of any kind, a map made with it, and a hash of strings. */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/array.h"

/* A slot: in its low bits one more than the entry's number, 0 being empty; above, bits of a hash. */
#define ENTRY_BITS 24
#define ENTRY_MASK ((1u << ENTRY_BITS) - 1)

/* Addresses differ in their middle bits; a multiplicative mix spreads them over the table. */
static uint64_t mixed(uint64_t hash)
{
	return hash * 0x9e3779b97f4a7c15ull;
}

static size_t start_of(const struct hash_index *index, uint64_t hash)
{
	return (size_t)(mixed(hash) >> 24) & (index->capacity - 1);
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(mixed(hash) >> 56) << ENTRY_BITS;
}

static uint32_t entry_of(uint32_t slot)
{
	return (slot & ENTRY_MASK) - 1;
}

/* The slot of that key, or the empty one where it belongs. */
static inline size_t find(const struct hash_index *index, uint64_t hash, hash_is_fn is,
			  const void *table, const void *key)
{
	size_t i = start_of(index, hash);
	uint32_t tag = tag_of(hash);

	for (; index->slots[i]; i = (i + 1) & (index->capacity - 1))
		if ((index->slots[i] & ~ENTRY_MASK) == tag && is &&
		    is(table, entry_of(index->slots[i]), key))
			break;
	return i;
}

bool hash_index_init(struct hash_index *index, size_t count)
{
	size_t capacity = 64;

	if (count > HASH_INDEX_MAX) {
		alloc_failed();
		return false;
	}
	while (capacity * 3 < count * 4)
		capacity *= 2;
	index->slots = calloc(capacity, sizeof(*index->slots));
	index->capacity = capacity;
	return index->slots;
}

void hash_index_deinit(struct hash_index *index)
{
	free(index->slots);
	*index = (struct hash_index){0};
}

void hash_index_prefetch(const struct hash_index *index, uint64_t hash)
{
	__builtin_prefetch(&index->slots[start_of(index, hash)], 1);
}

void hash_index_add(struct hash_index *index, uint64_t hash, uint32_t entry, hash_is_fn is,
		    const void *table, const void *key)
{
	uint32_t *slot = &index->slots[find(index, hash, is, table, key)];

	if (!*slot)
		*slot = tag_of(hash) | (entry + 1);
}

bool hash_index_find(const struct hash_index *index, uint64_t hash, hash_is_fn is,
		     const void *table, const void *key, uint32_t *ret)
{
	uint32_t slot = index->slots[find(index, hash, is, table, key)];

	*ret = entry_of(slot);
	return slot;
}

/* --- the map ---------------------------------------------------------------------------------- */

static bool is_key(const void *table, uint32_t entry, const void *key)
{
	const struct map_entry *entries = table;

	return entries[entry].key == *(const uint64_t *)key;
}

uint64_t *map_get(const struct map *map, uint64_t key)
{
	if (!map->count)
		return NULL;
	uint32_t slot = map->index.slots[find(&map->index, key, is_key, map->entries, &key)];
	return slot ? &map->entries[entry_of(slot)].value : NULL;
}

static bool grow_index(struct map *map)
{
	struct hash_index bigger;

	if ((map->count + 1) * 4 <= map->index.capacity * 3)
		return true;
	if (!hash_index_init(&bigger, MAX(map->count * 2, 48u)))
		return false;
	for (size_t i = 0; i < map->count; i++)
		hash_index_add(&bigger, map->entries[i].key, (uint32_t)i, NULL, NULL, NULL);
	hash_index_deinit(&map->index);
	map->index = bigger;
	return true;
}

static bool append(struct map *map, uint64_t key, uint64_t value)
{
	if (!array_grow(map->entries, map->count) || !grow_index(map))
		return false;
	hash_index_add(&map->index, key, (uint32_t)map->count, NULL, NULL, NULL);
	map->entries[map->count++] = (struct map_entry){key, value};
	return true;
}

bool map_set(struct map *map, uint64_t key, uint64_t value)
{
	uint64_t *known = map_get(map, key);

	if (!known)
		return append(map, key, value);
	*known = value;
	return true;
}

bool map_add(struct map *map, uint64_t key, uint64_t value)
{
	return !map_get(map, key) && append(map, key, value);
}

void map_deinit(struct map *map)
{
	hash_index_deinit(&map->index);
	free(map->entries);
	*map = (struct map){0};
}

/* --- hashes ----------------------------------------------------------------------------------- */

uint64_t hash_bytes(const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint64_t hash = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ull;
	return hash;
}

uint64_t hash_string(const char *text)
{
	return hash_bytes(text, strlen(text));
}
