/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "memory/search_groups.h"

static struct search_groups *groups;

static void in_object(const char *cache_name, enum object_state state, int64_t offset)
{
	struct slab_cache cache = {0};
	struct search_place place = {.owner = {.kind = OWNER_SLAB, .offset = offset, .cpu = -1}};

	copy_string(cache.name, sizeof(cache.name), cache_name);
	place.owner.slab.slab.cache = &cache;
	place.owner.slab.state = state;
	assert_ok(search_groups_add(&groups, &place, NULL));
}

static void in_image(const char *symbol)
{
	struct search_place place = {.owner = {.kind = OWNER_IMAGE, .cpu = -1}};

	copy_string(place.owner.symbol, sizeof(place.owner.symbol), symbol);
	assert_ok(search_groups_add(&groups, &place, NULL));
}

/* "count owner" lines. */
static void shows(size_t max, const char *expected)
{
	struct search_group list[16];
	size_t count = search_groups_list(groups, list, max);
	_str_ struct str out = {0};

	ck_assert_uint_le(count, max);
	for (size_t i = 0; i < count; i++)
		str_printf(&out, "%llu %s\n", (unsigned long long)list[i].count, list[i].owner);
	ck_assert_str_eq(out.data ? out.data : "", expected);
	search_groups_free(groups);
	groups = NULL;
}

START_TEST(places_are_told_while_they_are_few)
{
	in_object("blk_mq", OBJECT_ALLOCATED, 0x2a0);
	in_object("blk_mq", OBJECT_ALLOCATED, 0x2a0);
	in_object("blk_mq", OBJECT_FREE, -8);
	in_object("blk_mq", OBJECT_UNKNOWN, 0);
	in_image("linux_banner+0x8");
	shows(4, "2 blk_mq object +0x2a0, allocated\n1 blk_mq object +0x0, state unknown\n"
		 "1 blk_mq object -0x8, free\n1 linux_banner+0x8\n");
}
END_TEST

/* An object full of one value is one line, not one for each of its words. */
START_TEST(many_places_are_told_by_their_range)
{
	for (int64_t offset = -8; offset < 1024; offset += 8)
		in_object("kmalloc-1k", OBJECT_FREE, offset);
	in_object("kmalloc-1k", OBJECT_ALLOCATED, 0x10);
	in_image("linux_banner+0x8");
	in_image("linux_banner+0x8");
	shows(16, "129 kmalloc-1k objects, free, at 129 offsets from -0x8 to +0x3f8\n"
		  "2 linux_banner+0x8\n1 kmalloc-1k object +0x10, allocated\n");
}
END_TEST

START_TEST(there_are_no_more_than_asked_for)
{
	char symbol[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(symbol, sizeof(symbol), "symbol_%03d", i);
		in_image(symbol);
	}
	shows(2, "1 symbol_000\n1 symbol_001\n");
}
END_TEST

/* Names of caches come from the dump: they are counted whatever they hold, as they are. */
START_TEST(hostile_names_are_counted)
{
	in_object("\xff\x1b[2J", OBJECT_FREE, 0);
	in_object("\xff\x1b[2J", OBJECT_FREE, INT64_MIN);
	in_object("\xff\x1b[2J", OBJECT_FREE, INT64_MAX);
	shows(1, "3 \xff\x1b[2J objects, free, at 3 offsets from -0x8000000000000000 to "
		 "+0x7fffffffffffffff\n");
	shows(16, "");
}
END_TEST

UNIT_MAIN("search_groups", places_are_told_while_they_are_few, many_places_are_told_by_their_range,
	  there_are_no_more_than_asked_for, hostile_names_are_counted)
