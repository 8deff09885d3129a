/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_HASH
#define TRIAGE_BASE_HASH

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * From a key's hash to the number of its entry, for a table that keeps keys in its own way: an
 * array, or names that are compressed. Four bytes a slot, open addressing, no removal.
 */
struct hash_index {
	uint32_t *slots; /* NULL until hash_index_init() */
	size_t capacity; /* a power of two */
};
#define HASH_INDEX_MAX ((1u << 24) - 1) /* entries */

/* Is this the entry's key? */
typedef bool (*hash_is_fn)(const void *table, uint32_t entry, const void *key);

/* Room for count entries, at most three quarters full. False on out-of-memory, or when too many. */
bool hash_index_init(struct hash_index *index, size_t count);
void hash_index_deinit(struct hash_index *index);
/* Fetch what hash_index_add() will need soon. */
void hash_index_prefetch(const struct hash_index *index, uint64_t hash);
/* Add an entry, for which there is room, unless is() knows its key already; NULL: nobody does. */
void hash_index_add(struct hash_index *index, uint64_t hash, uint32_t entry, hash_is_fn is,
		    const void *table, const void *key);
/* The entry that is() knows the key of. */
bool hash_index_find(const struct hash_index *index, uint64_t hash, hash_is_fn is,
		     const void *table, const void *key, uint32_t *ret);

/*
 * A map from 64-bit keys (addresses, pids, hashes) to 64-bit values. Zero-initialise; key 0 is a
 * key like any other. Entries stand in the order in which they came.
 */
struct map {
	struct map_entry {
		uint64_t key, value;
	} * entries;
	size_t count;
	struct hash_index index;
};

/* Set key to value. False on out-of-memory, with the map as it was. */
bool map_set(struct map *map, uint64_t key, uint64_t value);
/* Add a key not yet there: true when it was new. On out-of-memory says "not new", so walks end. */
bool map_add(struct map *map, uint64_t key, uint64_t value);
/* The value's place, or NULL. Valid until the next insertion. */
uint64_t *map_get(const struct map *map, uint64_t key);
void map_deinit(struct map *map);

#define _map_ _cleanup_(map_deinit)

/* FNV-1a, for keys that are strings. */
uint64_t hash_bytes(const void *data, size_t length);
uint64_t hash_string(const char *text);

#endif
