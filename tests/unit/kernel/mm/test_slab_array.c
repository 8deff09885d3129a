/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_pages.h"

#include "kernel/dump/dump.h"
#include "kernel/mm/slab_array.h"
#include "kernel/mm/slab_find.h"

#define PFN 2
#define BASE (FAKE_BASE + PFN * PAGE_SIZE)
#define COLOUR 0x80
#define SIZE 192
#define OBJECTS 20
#define CACHE CACHES
#define ARRAYS (FAKE_BASE + 0x37000)
#define LIST3 (FAKE_BASE + 0x38000)
#define ALIEN (FAKE_BASE + 0x39000)
#define NAME (FAKE_BASE + 0x3a000)

enum {
	S_MEM = 24,
	S_INUSE = 32,
	S_FREE = 36,
	S_STRUCT = 48, /* struct slab, then the indices */
	K_ARRAY = 0,
	K_SIZE = 32,
	K_NUM = 36,
	K_NAME = 40,
	K_NEXT = 48,
	K_NODES = 64,
	K_OFFSET = 96,
	K_USER = 100,
	ARRAY_ENTRIES = 24,
};

static bool debug; /* CONFIG_DEBUG_SLAB */

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"}, *const list3[] = {"shared", "alien"};
	uint32_t list = fake_longs(b, "links", l, links, 2);

	b_record(b, B_STRUCT, "page", PAGE_STRUCT, 3, "flags", l, 0, "mapping", l, 64, "lru", list,
		 16 * 8);
	b_record(b, B_STRUCT, "slab", S_STRUCT, 4, "list", list, 0, "s_mem", l, S_MEM * 8, "inuse",
		 i, S_INUSE * 8, "free", i, S_FREE * 8);
	b_record(b, B_STRUCT, "array_cache", 24, 2, "avail", i, 0, "entry", b_array(b, l, 0),
		 ARRAY_ENTRIES * 8);
	fake_longs(b, "kmem_list3", l, list3, 2);
	uint32_t arrays = b_array(b, l, 4);
	b_record(b, B_STRUCT, "kmem_cache", 128, debug ? 8 : 6, "array", arrays, K_ARRAY * 8,
		 "buffer_size", i, K_SIZE * 8, "num", i, K_NUM * 8, "name", l, K_NAME * 8, "next",
		 list, K_NEXT * 8, "nodelists", arrays, K_NODES * 8, "obj_offset", i, K_OFFSET * 8,
		 "obj_size", i, K_USER * 8);
}

static uint64_t object(unsigned index)
{
	return BASE + COLOUR + index * SIZE + (debug ? 16 : 0);
}

static void chain(unsigned index, uint32_t next)
{
	fake_u32(BASE + S_STRUCT + index * 4, next);
}

/* 5 and 11 are free in the slab; everything else has left it. */
static void start(void)
{
	fake_slab_open(ERA_PAGE, types);
	fake_u64(fake_page(PFN), 1 << 9);
	fake_u64(fake_page(PFN) + 16, CACHE);
	fake_u64(fake_page(PFN) + 24, BASE);
	fake_u32(CACHE + K_SIZE, SIZE);
	fake_u32(CACHE + K_NUM, OBJECTS);
	fake_u64(CACHE + K_NAME, NAME);
	fake_u32(CACHE + K_OFFSET, 16);
	fake_u32(CACHE + K_USER, SIZE - 32);
	fake_put(NAME, "dentry", 7);
	fake_u64(BASE + S_MEM, BASE + COLOUR);
	fake_u32(BASE + S_INUSE, OBJECTS - 2);
	fake_u32(BASE + S_FREE, 5);
	chain(5, 11);
	chain(11, UINT32_MAX);
}

static void put_array(uint64_t array, uint32_t count, uint64_t first)
{
	fake_u32(array, count);
	fake_u64(array + ARRAY_ENTRIES, first - (debug ? 16 : 0));
}

static void expect(unsigned index, enum object_state state, const char *where)
{
	struct slab_object found;

	assert_ok(slab_find(&kernel, object(index) + 40, &found));
	ck_assert_uint_eq(found.start, object(index));
	ck_assert_int_eq(found.offset, 40);
	ck_assert_uint_eq(found.slab.cache->object_size, debug ? SIZE - 32 : SIZE);
	ck_assert_int_eq(found.state, state);
	ck_assert_str_eq(found.where, where);
}

START_TEST(objects_are_found_on_every_list)
{
	for (int i = 0; i < 2; i++) {
		debug = i;
		start();
		fake_u64(CACHE + K_ARRAY + 8, ARRAYS);
		put_array(ARRAYS, 1, object(3));
		fake_u64(CACHE + K_NODES, LIST3);
		fake_u64(LIST3, ARRAYS + 0x100);
		put_array(ARRAYS + 0x100, 1, object(9));
		fake_u64(LIST3 + 8, ALIEN);
		fake_u64(ALIEN + 8, ARRAYS + 0x200);
		put_array(ARRAYS + 0x200, 1, object(10));
		expect(5, OBJECT_FREE, "the slab's free list");
		expect(11, OBJECT_FREE, "the slab's free list");
		expect(3, OBJECT_FREE, "the array of CPU 1");
		expect(9, OBJECT_FREE, "the shared array of node 0");
		expect(10, OBJECT_FREE, "the alien array of node 0");
		expect(7, OBJECT_ALLOCATED, "");
		/* The descriptor and what lies behind the last object are no objects. */
		assert_err(slab_find(&kernel, BASE + 8, &(struct slab_object){0}), ERR_NOT_FOUND);
		assert_err(slab_find(&kernel, BASE + COLOUR + OBJECTS * SIZE,
				     &(struct slab_object){0}),
			   ERR_NOT_FOUND);
		fake_slab_close();
	}
	debug = false;
}
END_TEST

/* Without NUMA kmem_list3.alien is BAD_ALIEN_MAGIC. */
START_TEST(a_magic_number_is_no_alien_array)
{
	start();
	fake_u64(CACHE + K_NODES, LIST3);
	fake_u64(LIST3 + 8, 0x01020304);
	expect(7, OBJECT_ALLOCATED, "");
	fake_slab_close();
}
END_TEST

START_TEST(broken_chains_end)
{
	static const struct {
		uint32_t next;
		int why;
	} bad[] = {{5, BREAK_LOOP}, {OBJECTS, BREAK_OUTSIDE}, {UINT32_MAX - 1, BREAK_OUTSIDE}};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct slab_object found;

		start();
		chain(11, bad[i].next);
		assert_ok(slab_find(&kernel, object(7), &found));
		ck_assert_int_eq(found.state, OBJECT_UNKNOWN);
		ck_assert_int_eq(found.broken.why, bad[i].why);
		ck_assert_uint_eq(found.broken.object, object(11));
		ck_assert_uint_eq(found.broken.raw, bad[i].next);
		expect(5, OBJECT_FREE, "the slab's free list");
		fake_slab_close();
	}
}
END_TEST

START_TEST(absurd_arrays_leave_the_rest_unknown)
{
	static const uint64_t arrays[] = {ARRAYS, 0x6b6b6b6b6b6b6b6b};

	for (size_t i = 0; i < ARRAY_SIZE(arrays); i++) {
		start();
		fake_u64(CACHE + K_ARRAY, arrays[i]);
		put_array(ARRAYS, UINT32_MAX, object(3));
		fake_u64(CACHE + K_ARRAY + 8, ARRAYS + 0x100);
		put_array(ARRAYS + 0x100, 1, object(4));
		expect(3, OBJECT_UNKNOWN, "");
		expect(4, OBJECT_FREE, "the array of CPU 1");
		expect(5, OBJECT_FREE, "the slab's free list");
		fake_slab_close();
	}
}
END_TEST

static void refused(uint64_t at, uint32_t value, enum err_code code)
{
	start();
	fake_u32(at, value);
	assert_err(slab_find(&kernel, object(0), &(struct slab_object){0}), code);
	fake_slab_close();
}

START_TEST(absurd_counts_are_refused)
{
	refused(CACHE + K_NUM, 0, ERR_CORRUPT);
	refused(CACHE + K_NUM, UINT32_MAX, ERR_CORRUPT);
	refused(CACHE + K_SIZE, 0, ERR_CORRUPT);
	refused(BASE + S_INUSE, OBJECTS + 1, ERR_CORRUPT);
	refused(BASE + S_MEM, 0, ERR_NOT_FOUND);		/* objects elsewhere */
	refused(fake_page(PFN) + 28, 0x6b6b6b6b, ERR_UNMAPPED); /* the descriptor's address */
}
END_TEST

/* Two pages name the same descriptor and caches of different shape. */
START_TEST(a_slab_of_two_caches_is_refused)
{
	uint64_t other = CACHE + CACHE_STRUCT;

	start();
	fake_u64(fake_page(PFN + 1), 1 << 9);
	fake_u64(fake_page(PFN + 1) + 16, other);
	fake_u64(fake_page(PFN + 1) + 24, BASE);
	fake_u32(other + K_SIZE, 8);
	fake_u32(other + K_NUM, 1000);
	expect(7, OBJECT_ALLOCATED, "");
	assert_err(slab_find(&kernel, BASE + PAGE_SIZE, &(struct slab_object){0}), ERR_CORRUPT);
	fake_slab_close();
}
END_TEST

UNIT_MAIN("slab_array", objects_are_found_on_every_list, a_magic_number_is_no_alien_array,
	  broken_chains_end, absurd_arrays_leave_the_rest_unknown, absurd_counts_are_refused,
	  a_slab_of_two_caches_is_refused)
