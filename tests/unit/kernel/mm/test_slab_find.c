/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_pages.h"
#include "kernel/dump/dump.h"
#include "kernel/mm/slab_caches.h"
#include "kernel/mm/slab_find.h"

#define PFN 2
#define BASE (FAKE_BASE + PFN * PAGE_SIZE)
#define SIZE 256
#define SHEAF (FAKE_BASE + 0x26000) /* of up to 4,096 objects */
#define BARN (FAKE_BASE + 0x37000)

static uint64_t cache;

static uint64_t object(unsigned index)
{
	return BASE + index * SIZE;
}

/* One cache with one slab of two pages, all of its 32 objects taken. */
static void start(enum fake_era era)
{
	fake_slab_open(era, NULL);
	cache = fake_cache(0, "kmalloc-256", SIZE, 128);
	fake_slab(PFN, 2, cache, 32, 32, 0);
}

static struct slab_object find(uint64_t address)
{
	struct slab_object ret;

	assert_ok(slab_find(&kernel, address, &ret));
	return ret;
}

static void expect(unsigned index, enum object_state state, const char *where)
{
	struct slab_object found = find(object(index) + 8);

	ck_assert_uint_eq(found.start, object(index));
	ck_assert_int_eq(found.offset, 8);
	ck_assert_str_eq(found.slab.cache->name, "kmalloc-256");
	ck_assert_int_eq(found.state, state);
	ck_assert_str_eq(found.where, where);
}

/* Asks anew, with nothing remembered. */
static void forget(void)
{
	slab_states_close(kernel.slab_states);
	slab_caches_close(kernel.slab_caches);
	kernel.slab_states = NULL;
	kernel.slab_caches = NULL;
}

static void put_sheaf(uint64_t sheaf, uint32_t size, uint64_t first)
{
	fake_u32(sheaf + 16, size);
	fake_u64(sheaf + 24, first);
}

START_TEST(objects_are_found_in_every_era)
{
	for (enum fake_era era = ERA_PAGE; era <= ERA_SHEAVES; era++) {
		start(era);
		fake_u64(fake_page(PFN) + P_FREELIST, object(3));
		fake_u64(object(3) + 128, object(20));
		expect(3, OBJECT_FREE, "the slab's free list");
		expect(20, OBJECT_FREE, "the slab's free list"); /* on the second page */
		expect(4, OBJECT_ALLOCATED, "");
		expect(31, OBJECT_ALLOCATED, "");
		assert_err(slab_find(&kernel, BASE - 1, &(struct slab_object){0}), ERR_NOT_FOUND);
		assert_err(slab_find(&kernel, 0x1000, &(struct slab_object){0}), ERR_NOT_FOUND);
		fake_slab_close();
	}
}
END_TEST

START_TEST(a_cpu_has_taken_the_list_of_its_slab)
{
	for (enum fake_era era = ERA_PAGE; era <= ERA_SLAB; era++) {
		start(era);
		fake_u64(fake_cpu_area(0, 1), object(7));
		fake_u64(fake_cpu_area(0, 1) + 8, fake_page(PFN));
		expect(7, OBJECT_FREE, "the free list of CPU 1");
		expect(8, OBJECT_ALLOCATED, "");
		fake_slab_close();
	}
}
END_TEST

START_TEST(sheaves_hold_free_objects)
{
	start(ERA_SHEAVES);
	fake_u64(fake_cpu_area(0, 0), SHEAF);
	put_sheaf(SHEAF, 1, object(5));
	fake_u64(fake_cpu_area(0, 1) + 8, SHEAF + 0x100);
	put_sheaf(SHEAF + 0x100, 1, object(6));
	put_sheaf(SHEAF + 0x200, 1, object(7));
	fake_u64(cache + C_NODE, BARN);
	fake_u64(BARN, SHEAF + 0x200);
	fake_u64(BARN + 8, SHEAF + 0x200);
	fake_u64(SHEAF + 0x200, BARN);
	fake_u64(SHEAF + 0x208, BARN);
	/* Behind the last node there is something else. */
	fake_u64(cache + C_NODE + NODES * 16, 0x6b6b6b6b6b6b6b6b);
	expect(5, OBJECT_FREE, "a sheaf of CPU 0");
	expect(6, OBJECT_FREE, "a sheaf of CPU 1");
	expect(7, OBJECT_FREE, "a full sheaf");
	expect(8, OBJECT_ALLOCATED, "");
	fake_slab_close();
}
END_TEST

/* What is not in the dump may hold the object: then it is not called allocated. */
START_TEST(absurd_sheaves_leave_the_rest_unknown)
{
	static const struct {
		uint64_t sheaf;
		uint32_t size;
	} bad[] = {{SHEAF, UINT32_MAX}, {0x6b6b6b6b6b6b6b6b, 1}, {FAKE_BASE + 0x3fff0, 1}};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		start(ERA_SHEAVES);
		fake_u64(fake_cpu_area(0, 0), bad[i].sheaf);
		if (bad[i].sheaf == SHEAF)
			put_sheaf(SHEAF, bad[i].size, object(5));
		fake_u64(fake_cpu_area(0, 1), SHEAF + 0x100);
		put_sheaf(SHEAF + 0x100, 1, object(6));
		expect(5, OBJECT_UNKNOWN, "");
		ck_assert(find(object(5)).unread);
		expect(6, OBJECT_FREE, "a sheaf of CPU 1");
		fake_slab_close();
	}
}
END_TEST

START_TEST(a_barn_that_loops_ends)
{
	start(ERA_SHEAVES);
	fake_u64(cache + C_NODE, BARN);
	fake_u64(BARN, SHEAF); /* and the sheaf's own next is itself */
	fake_u64(SHEAF, SHEAF);
	fake_u64(SHEAF + 8, BARN);
	put_sheaf(SHEAF, 1, object(7));
	expect(7, OBJECT_FREE, "a full sheaf");
	expect(8, OBJECT_UNKNOWN, "");
	ck_assert_uint_lt(fake.reads, 200);
	fake_slab_close();
}
END_TEST

START_TEST(a_broken_list_leaves_the_rest_unknown)
{
	start(ERA_SLAB);
	fake_u64(fake_page(PFN) + P_FREELIST, object(3));
	fake_u64(object(3) + 128, object(3));
	expect(3, OBJECT_FREE, "the slab's free list");
	expect(4, OBJECT_UNKNOWN, "");
	ck_assert_int_eq(find(object(4)).broken.why, BREAK_LOOP);
	fake_slab_close();
}
END_TEST

static void refused(uint64_t at, uint32_t value, enum err_code code)
{
	start(ERA_SLAB);
	fake_u32(at, value);
	assert_err(slab_find(&kernel, object(0), &(struct slab_object){0}), code);
	fake_slab_close();
}

START_TEST(absurd_counts_are_refused)
{
	uint64_t counts = fake_page(PFN) + P_COUNTS;

	refused(counts, 0, ERR_CORRUPT);	     /* no objects */
	refused(counts, 33 | 32 << 16, ERR_CORRUPT); /* more taken than there are */
	refused(CACHES + C_SIZE, 0, ERR_CORRUPT);
	refused(CACHES + C_SIZE, UINT32_MAX, ERR_CORRUPT);
	refused(CACHES + C_OBJECT_SIZE, SIZE + 1, ERR_CORRUPT);
	refused(CACHES + C_OFFSET, SIZE, ERR_CORRUPT);
	refused(CACHES + C_RED, SIZE, ERR_CORRUPT);
	refused(fake_page(PFN) + P_CACHE, 0x6b6b6b6b, ERR_UNMAPPED); /* the cache's address */
}
END_TEST

START_TEST(the_end_of_a_slab_is_no_object)
{
	start(ERA_SLAB);
	fake_u32(fake_page(PFN) + P_COUNTS, 31 | 31 << 16);
	assert_err(slab_find(&kernel, object(31), &(struct slab_object){0}), ERR_NOT_FOUND);
	fake_slab_close();
}
END_TEST

/* A tail's head is one step away, whatever that says of itself. */
START_TEST(compound_heads_that_loop_end)
{
	struct page_info page;

	start(ERA_SLAB);
	fake_u64(fake_page(40) + P_HEAD, fake_page(41) | 1);
	fake_u64(fake_page(41) + P_HEAD, fake_page(40) | 1);
	fake_u64(fake_page(42) + P_HEAD, fake_page(42) | 1);
	fake_u64(fake_page(43) + P_HEAD, 0x6b6b6b6b6b6b6b6b); /* no struct page at all */
	assert_ok(page_of_phys(&kernel, 40 * PAGE_SIZE, &page));
	ck_assert_uint_eq(page.head, fake_page(41));
	assert_ok(page_of_phys(&kernel, 42 * PAGE_SIZE, &page));
	ck_assert_uint_eq(page.head, fake_page(42));
	assert_ok(page_of_phys(&kernel, 43 * PAGE_SIZE, &page));
	ck_assert_uint_eq(page.head, fake_page(43));
	assert_err(page_of_phys(&kernel, FAKE_PAGES * PAGE_SIZE, &page), ERR_ABSENT);
	fake_slab_close();
}
END_TEST

static struct err *count_cache(void *context, const struct slab_cache *found)
{
	ck_assert_uint_ge(found->address, CACHES);
	++*(unsigned *)context;
	return NULL;
}

START_TEST(the_list_of_caches_ends_when_it_loops)
{
	unsigned count = 0;

	start(ERA_SLAB);
	fake_cache(1, "dentry", 192, 0);
	fake_cache(2, "inode", 0, 0); /* passed over: of no size */
	assert_ok(slab_caches_each(&kernel, count_cache, &count));
	ck_assert_uint_eq(count, 2);
	count = 0;
	fake_u64(CACHES + CACHE_STRUCT + C_LIST,
		 CACHES + C_LIST); /* the second's next: the first */
	assert_err(slab_caches_each(&kernel, count_cache, &count), ERR_CORRUPT);
	ck_assert_uint_eq(count, 2);
	fake_u64(CACHES + C_LIST, CACHES + C_LIST);
	fake_u64(CACHES + C_LIST + 8, CACHES + C_LIST);
	fake_u64(CACHE_LIST_HEAD, CACHES + C_LIST);
	assert_err(slab_caches_each(&kernel, count_cache, &count), ERR_CORRUPT);
	fake_slab_close();
}
END_TEST

START_TEST(names_of_caches_are_made_printable)
{
	start(ERA_SLAB);
	fake_put(cache + C_TEXT, "a\033[2J", 6);
	ck_assert_str_eq(find(object(0)).slab.cache->name, "?");
	forget();
	fake_u64(cache + C_NAME, 0);
	ck_assert_str_eq(find(object(0)).slab.cache->name, "?");
	fake_slab_close();
}
END_TEST

/* Caches whose CPUs keep 6 sheaves of 4,096 objects: what is remembered of them stays bounded. */
START_TEST(little_is_remembered_and_it_stays_right)
{
	fake_slab_open(ERA_SHEAVES, NULL);
	fake_u32(SHEAF + 16, 4096);
	for (unsigned i = 0; i < 12; i++) {
		uint64_t one = fake_cache(i, "kmalloc-256", SIZE, 128);

		fake_slab(2 + i, 1, one, 16, 16, 0);
		for (unsigned cpu = 0; cpu < CPUS; cpu++)
			for (unsigned member = 0; member < 3; member++)
				fake_u64(fake_cpu_area(i, cpu) + member * 8, SHEAF);
		fake_u64(SHEAF + 24 + i * 8, FAKE_BASE + (2 + i) * PAGE_SIZE);
	}
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < 12; i++) {
			uint64_t first = FAKE_BASE + (2 + i) * PAGE_SIZE;

			ck_assert_int_eq(find(first).state, OBJECT_FREE);
			ck_assert_int_eq(find(first + SIZE).state, OBJECT_ALLOCATED);
			ck_assert_uint_le(slab_states_size(kernel.slab_states), SLAB_STATES_MAX);
		}
	fake_slab_close();
}
END_TEST

/* Freed objects that KASAN holds back are on no list. */
START_TEST(kasan_keeps_a_quarantine)
{
	start(ERA_SLAB);
	fake_symbol("__asan_loadN", 0xffffffff81000000);
	fake_window.base = (BASE >> 3) + 0xdffffc0000000000;
	memset(fake_window.bytes, 0, sizeof(fake_window.bytes));
	fake_u64(fake_page(PFN) + P_FREELIST, object(3));
	fake_window.bytes[4 * SIZE / 8] = 0xfb;
	fake_window.bytes[5 * SIZE / 8] = 0xfa;
	fake_window.bytes[6 * SIZE / 8] = 5; /* an allocated object of 5 bytes */
	expect(3, OBJECT_FREE, "the slab's free list");
	expect(4, OBJECT_FREE, "KASAN's quarantine");
	expect(5, OBJECT_FREE, "KASAN's quarantine");
	expect(6, OBJECT_ALLOCATED, "");
	fake_window.base = 0; /* the shadow is not in the dump */
	expect(6, OBJECT_UNKNOWN, "");
	fake_slab_close();
}
END_TEST

START_TEST(asking_again_reads_no_list)
{
	start(ERA_SHEAVES);
	fake_u32(SHEAF + 16, 4096);
	fake_u64(fake_cpu_area(0, 0), SHEAF);
	find(object(0));
	unsigned cold = fake.reads;
	find(object(1));
	ck_assert_uint_gt(cold, 64);
	ck_assert_uint_le(fake.reads - cold, 8); /* those of the struct page */
	fake_slab_close();
}
END_TEST

UNIT_MAIN("slab", objects_are_found_in_every_era, a_cpu_has_taken_the_list_of_its_slab,
	  sheaves_hold_free_objects, absurd_sheaves_leave_the_rest_unknown, a_barn_that_loops_ends,
	  a_broken_list_leaves_the_rest_unknown, absurd_counts_are_refused,
	  the_end_of_a_slab_is_no_object, compound_heads_that_loop_end,
	  the_list_of_caches_ends_when_it_loops, names_of_caches_are_made_printable,
	  little_is_remembered_and_it_stays_right, kasan_keeps_a_quarantine,
	  asking_again_reads_no_list)
