/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A map by open addressing, and a hash of strings. */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

struct map_slot {
	uint64_t key;
	uint64_t value;
	bool used;
};

/* Addresses differ in their middle bits; a multiplicative mix spreads them over the table. */
static size_t slot_of(uint64_t key, size_t capacity)
{
	return (size_t)((key * 0x9e3779b97f4a7c15ull) >> 20) & (capacity - 1);
}

static struct map_slot *find(const struct map *map, uint64_t key)
{
	size_t i = slot_of(key, map->capacity);

	while (map->slots[i].used && map->slots[i].key != key)
		i = (i + 1) & (map->capacity - 1);
	return &map->slots[i];
}

static bool grow(struct map *map)
{
	struct map bigger = {.capacity = map->capacity ? map->capacity * 2 : 64, .used = map->used};

	bigger.slots = calloc(bigger.capacity, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < map->capacity; i++)
		if (map->slots[i].used)
			*find(&bigger, map->slots[i].key) = map->slots[i];
	free(map->slots);
	*map = bigger;
	return true;
}

static bool put(struct map *map, uint64_t key, uint64_t value, bool *was_new)
{
	/* At most three quarters full, so that find() always meets an empty slot. */
	if (map->used * 4 >= map->capacity * 3 && !grow(map))
		return false;
	struct map_slot *slot = find(map, key);
	*was_new = !slot->used;
	map->used += *was_new;
	*slot = (struct map_slot){key, value, true};
	return true;
}

bool map_set(struct map *map, uint64_t key, uint64_t value)
{
	bool was_new;

	return put(map, key, value, &was_new);
}

bool map_add(struct map *map, uint64_t key, uint64_t value)
{
	bool was_new;

	return !map_get(map, key) && put(map, key, value, &was_new);
}

uint64_t *map_get(const struct map *map, uint64_t key)
{
	if (!map->capacity)
		return NULL;
	struct map_slot *slot = find(map, key);
	return slot->used ? &slot->value : NULL;
}

size_t map_slots(const struct map *map)
{
	return map->capacity;
}

bool map_slot(const struct map *map, size_t i, uint64_t *key, uint64_t *value)
{
	*key = map->slots[i].key;
	*value = map->slots[i].value;
	return map->slots[i].used;
}

void map_deinit(struct map *map)
{
	free(map->slots);
	*map = (struct map){0};
}

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
