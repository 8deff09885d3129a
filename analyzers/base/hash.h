/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_HASH
#define TRIAGE_BASE_HASH

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * A map from 64-bit keys (addresses, pids, hashes) to 64-bit values: open addressing, no removal.
 * Zero-initialise; key 0 is a key like any other.
 */
struct map {
	struct map_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t used;
};

/* Set key to value. False on out-of-memory, with the map as it was. */
bool map_set(struct map *map, uint64_t key, uint64_t value);
/* Add a key not yet there: true when it was new. On out-of-memory says "not new", so walks end. */
bool map_add(struct map *map, uint64_t key, uint64_t value);
/* The value's place, or NULL. Valid until the next insertion. */
uint64_t *map_get(const struct map *map, uint64_t key);
/* Iterate: slots 0 … map_slots()-1, false for an empty one. */
size_t map_slots(const struct map *map);
bool map_slot(const struct map *map, size_t i, uint64_t *key, uint64_t *value);
void map_deinit(struct map *map);

#define _map_ _cleanup_(map_deinit)

/* FNV-1a, for keys that are strings. */
uint64_t hash_bytes(const void *data, size_t length);
uint64_t hash_string(const char *text);

#endif
