/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map and the index below it, with keys that share their slots and their hashes. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

START_TEST(maps_hold_many_keys_and_zero)
{
	_map_ struct map map = {0};

	ck_assert_ptr_null(map_get(&map, 0));
	for (uint64_t i = 0; i < 10000; i++)
		ck_assert(map_add(&map, i << 12, i));
	ck_assert(!map_add(&map, 0, 1));
	for (uint64_t i = 0; i < 10000; i++)
		ck_assert_uint_eq(*map_get(&map, i << 12), i);
	ck_assert_ptr_null(map_get(&map, 1));
	ck_assert_uint_eq(map.count, 10000);
}
END_TEST

START_TEST(maps_keep_the_order_and_the_last_value)
{
	_map_ struct map map = {0};

	for (uint64_t i = 100; i > 0; i--)
		ck_assert(map_set(&map, i, 1));
	for (uint64_t i = 1; i <= 100; i++)
		ck_assert(map_set(&map, i, i + 1));
	ck_assert_uint_eq(map.count, 100);
	for (size_t i = 0; i < map.count; i++) {
		ck_assert_uint_eq(map.entries[i].key, 100 - i);
		ck_assert_uint_eq(map.entries[i].value, map.entries[i].key + 1);
	}
}
END_TEST

static bool is_name(const void *table, uint32_t entry, const void *key)
{
	const char *const *names = table;

	return !strcmp(names[entry], key);
}

static bool find(const struct hash_index *index, uint64_t hash, const char *const *names,
		 const char *name, uint32_t *ret)
{
	return hash_index_find(index, hash, is_name, names, name, ret);
}

/* One hash for all of them: what tells them apart is the table alone. */
START_TEST(an_index_asks_the_table)
{
	static const char *const names[] = {"schedule", "panic", "panic", "do_exit"};
	struct hash_index index;
	uint32_t entry;

	ck_assert(hash_index_init(&index, ARRAY_SIZE(names)));
	ck_assert(!find(&index, 7, names, "panic", &entry));
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
		hash_index_add(&index, 7, i, is_name, names, names[i]);
	ck_assert(find(&index, 7, names, "panic", &entry));
	ck_assert_uint_eq(entry, 1); /* the first of two */
	ck_assert(find(&index, 7, names, "do_exit", &entry));
	ck_assert_uint_eq(entry, 3);
	ck_assert(!find(&index, 7, names, "oops", &entry));
	ck_assert(!find(&index, 8, names, "panic", &entry));
	hash_index_deinit(&index);
}
END_TEST

START_TEST(an_index_has_its_bounds)
{
	unsigned before = alloc_failures();
	struct hash_index index;

	ck_assert(!hash_index_init(&index, (size_t)HASH_INDEX_MAX + 1));
	ck_assert_uint_eq(alloc_failures(), before + 1);
	ck_assert(hash_index_init(&index, 49));
	ck_assert_uint_ge(index.capacity * 3, 49 * 4);
	hash_index_deinit(&index);
}
END_TEST

UNIT_MAIN("hash", maps_hold_many_keys_and_zero, maps_keep_the_order_and_the_last_value,
	  an_index_asks_the_table, an_index_has_its_bounds)
