/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_pages.h"

#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab_find.h"
#include "kernel/mm/slab_track.h"

#define PFN 2
#define RED 64
#define USER 100 /* bytes the cache's user sees */
#define INUSE 104
#define TRACK 32	   /* sizeof(struct track) */
#define TRACKS (INUSE + 8) /* behind the free pointer */
#define SIZE 256
#define OBJECT(i) (FAKE_BASE + PFN * PAGE_SIZE + (i)*SIZE + RED)
#define TEXT 0xffffffff81000000

static bool flags_by_enum;

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	fake_slab_types(b, i, l);
	b_record(b, B_STRUCT, "track", TRACK, 5, "addr", l, 0, "handle", i, 64, "cpu", i, 96, "pid",
		 i, 128, "when", l, 192);
	if (!flags_by_enum)
		return;
	b_head(b, "_slab_flag_bits", B_ENUM << 24 | 2, 4);
	b_u32(b, b_string(b, "_SLAB_RED_ZONE"));
	b_u32(b, 1);
	b_u32(b, b_string(b, "_SLAB_STORE_USER"));
	b_u32(b, 7);
}

static void put_track(uint64_t at, uint64_t address, uint32_t cpu, uint32_t pid)
{
	fake_u64(at, address);
	fake_u32(at + 12, cpu);
	fake_u32(at + 16, pid);
}

static void put_red_zone(unsigned index, int byte)
{
	memset(fake.bytes + (OBJECT(index) - RED - FAKE_BASE), byte, RED);
}

/* A slab of 16 taken objects; 2 of them were freed once. */
static void start(uint64_t flags)
{
	fake_slab_open(ERA_SLAB, types);
	fake_region(TEXT, TEXT + 0x1000, VA_IMAGE);
	fake_symbol("make", TEXT + 0x100);
	fake_symbol("drop", TEXT + 0x200);
	uint64_t cache = fake_cache(0, "kmalloc-100", SIZE, INUSE);
	fake_u32(cache + C_OBJECT_SIZE, USER);
	fake_u32(cache + C_INUSE, INUSE);
	fake_u32(cache + C_RED, RED);
	fake_u64(cache + C_FLAGS, flags);
	fake_slab(PFN, 1, cache, 16, 16, 0);
	for (unsigned i = 0; i < 16; i++) {
		put_red_zone(i, 0xcc);
		put_track(OBJECT(i) + TRACKS, TEXT + 0x110, 1, 100 + i);
	}
	put_track(OBJECT(2) + TRACKS + TRACK, TEXT + 0x220, 0, 77);
}

static struct slab_object find(unsigned index)
{
	struct slab_object ret;

	assert_ok(slab_find(&kernel, OBJECT(index), &ret));
	ck_assert_uint_eq(ret.start, OBJECT(index));
	return ret;
}

START_TEST(tracks_name_who_and_where)
{
	static const uint64_t flags[] = {0x10400, 0x82};

	for (int i = 0; i < 2; i++) {
		flags_by_enum = i;
		start(flags[i]);
		struct slab_object found = find(2);
		ck_assert_str_eq(found.allocated.symbol, "make+0x10");
		ck_assert_int_eq(found.allocated.pid, 102);
		ck_assert_uint_eq(found.allocated.cpu, 1);
		ck_assert_str_eq(found.freed.symbol, "drop+0x20");
		ck_assert_int_eq(found.freed.pid, 77);
		ck_assert_int_eq(found.red_zone, RED_ZONE_ALLOCATED);
		ck_assert_uint_eq(find(3).freed.address, 0); /* never freed */
		fake_slab_close();
	}
	flags_by_enum = false;
}
END_TEST

/* What stands there is somebody else's. */
START_TEST(without_the_flag_there_are_none)
{
	start(0);
	ck_assert_uint_eq(find(2).allocated.address, 0);
	ck_assert_int_eq(find(2).red_zone, RED_ZONE_NONE);
	fake_slab_close();
	start(0x10400);
	fake_u32(CACHES + C_SIZE, 239); /* no room for both */
	ck_assert_uint_eq(find(0).allocated.address, 0);
	fake_slab_close();
}
END_TEST

START_TEST(overwritten_tracks_are_left_out)
{
	start(0x10400);
	put_track(OBJECT(4) + TRACKS, 0x6b6b6b6b6b6b6b6b, 1, 1);
	put_track(OBJECT(5) + TRACKS, TEXT + 0x110, UINT32_MAX, 1);
	put_track(OBJECT(6) + TRACKS, TEXT + 0x110, 1, UINT32_MAX);
	for (unsigned i = 4; i < 7; i++)
		ck_assert_uint_eq(find(i).allocated.address, 0);
	fake_slab_close();
}
END_TEST

START_TEST(a_red_zone_tells_what_lists_do_not)
{
	start(0x10400);
	put_red_zone(5, 0xbb);
	ck_assert_int_eq(find(5).state, OBJECT_FREE); /* on no list */
	ck_assert_str_eq(find(5).where, "no list, but by its red zone");
	ck_assert_int_eq(find(6).state, OBJECT_ALLOCATED);
	fake_u32((OBJECT(7) - 8), 0x41414141);
	ck_assert_int_eq(find(7).red_zone, RED_ZONE_OVERWRITTEN);
	ck_assert_int_eq(find(7).state, OBJECT_ALLOCATED);
	put_red_zone(8, 0x6b); /* whole, but no red zone's */
	ck_assert_int_eq(find(8).red_zone, RED_ZONE_OVERWRITTEN);
	fake_slab_close();

	start(0x10400);
	fake_u64(fake_page(PFN) + P_FREELIST, 0x6b6b6b6b6b6b6b6b); /* broken: lists say nothing */
	put_red_zone(5, 0xbb);
	ck_assert_int_eq(find(5).state, OBJECT_FREE);
	ck_assert_int_eq(find(6).state, OBJECT_ALLOCATED);
	put_red_zone(7, 0);
	ck_assert_int_eq(find(7).state, OBJECT_UNKNOWN);
	fake_slab_close();
}
END_TEST

START_TEST(absurd_pads_have_no_red_zone)
{
	start(0x10400);
	fake_u32(CACHES + C_SIZE, 1 << 20);
	fake_u32(CACHES + C_RED, 1 << 19);
	struct slab_object found;
	assert_ok(slab_find(&kernel, OBJECT(0), &found));
	ck_assert_int_eq(found.red_zone, RED_ZONE_NONE);
	fake_slab_close();
}
END_TEST

UNIT_MAIN("slab_track", tracks_name_who_and_where, without_the_flag_there_are_none,
	  overwritten_tracks_are_left_out, a_red_zone_tells_what_lists_do_not,
	  absurd_pads_have_no_red_zone)
