/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sheaves that CPUs have of made caches, and so much damage that none is believed. */
#include <stdlib.h>

#include "fake_probe.h"
#include "kernel/probe/probe_caches.h"
#include "kernel/probe/probe_sheaves.h"

#define CACHES 16u
#define CACHE(i) (FAKE_BASE + 0x100 + 0x100 * (uint64_t)(i))
#define AREA(i) (FAKE_BASE + 0x2000 + 0x40 * (uint64_t)(i))
#define SHEAF(i, cpu) (FAKE_BASE + 0x4000 + 0x80 * (uint64_t)(i) + (cpu)*FAKE_AREA)
#define EMPTY (FAKE_BASE + 0xf000)
#define OBJECTS (FAKE_BASE + 0x20000)

enum { AT_SHEAVES = 8, AT_MAIN = 16, AT_CACHE = 24, AT_NAME = 96 };

static struct cache_image list[CACHES];

struct err *cache_images_open(struct kernel *of, struct cache_images *ret)
{
	(void)of;
	*ret = (struct cache_images){.list = list, .count = CACHES, .name = AT_NAME};
	return NULL;
}

void cache_images_deinit(struct cache_images *images)
{
	(void)images;
}

static void put_sheaf(uint64_t sheaf, uint64_t cache)
{
	fake_u64(sheaf + AT_CACHE, cache);
	fake_u32(sheaf + AT_CACHE + 8, 3);
	for (unsigned i = 0; i < 3; i++)
		fake_u64(sheaf + AT_CACHE + 16 + 8 * i, OBJECTS + 64 * i);
}

static void start(void)
{
	fake_probe_open();
	assert_ok(probed_add(probed, "list_head", "next", 0, PROBED_POINTER));
	fake_symbol("rcu_free_sheaf", FAKE_BASE + 0x40);
	fake_symbol("bootstrap_sheaf", EMPTY);
	memset(list, 0, sizeof(list));
	for (unsigned i = 0; i < CACHES; i++) {
		uint64_t variable = AREA(i);

		list[i].address = CACHE(i);
		memcpy(list[i].bytes + AT_SHEAVES, &variable, 8);
		for (unsigned cpu = 0; cpu < FAKE_CPUS; cpu++) {
			fake_u64(AREA(i) + cpu * FAKE_AREA + AT_MAIN, SHEAF(i, cpu));
			put_sheaf(SHEAF(i, cpu), CACHE(i));
		}
	}
}

/* Where a CPU's sheaf is; the fake kernel is closed. */
static uint64_t probe(void)
{
	assert_ok(probe_sheaves(&kernel, probed));
	uint64_t at = probed_at("slub_percpu_sheaves", "main");
	fake_probe_close();
	return at;
}

START_TEST(sheaves)
{
	start();
	assert_ok(probe_sheaves(&kernel, probed));
	ck_assert_uint_eq(probed_at("kmem_cache", "cpu_sheaves"), AT_SHEAVES);
	ck_assert_uint_eq(probed_at("slub_percpu_sheaves", "main"), AT_MAIN);
	ck_assert_uint_eq(probed_at("slub_percpu_sheaves", "rcu_free"), AT_MAIN + 16);
	ck_assert_uint_eq(probed_at("slab_sheaf", "size"), AT_CACHE + 8);
	ck_assert_uint_eq(probed_at("slab_sheaf", "objects"), AT_CACHE + 16);
	fake_probe_close();
}
END_TEST

START_TEST(caches_without_any)
{
	start();
	for (unsigned i = 0; i < CACHES / 2; i++)
		fake_u64(AREA(i) + AT_MAIN, EMPTY);
	ck_assert_uint_eq(probe(), AT_MAIN);
	start();
	fake.symbols[0].name = "another kernel's";
	ck_assert_uint_eq(probe(), UINT64_MAX);
}
END_TEST

START_TEST(damage)
{
	start();
	fake_u64(AREA(2) + AT_MAIN, OBJECTS); /* what it died of */
	ck_assert_uint_eq(probe(), AT_MAIN);
	start();
	for (unsigned i = 0; i < 3; i++)
		fake_u64(AREA(i) + AT_MAIN, OBJECTS);
	ck_assert_uint_eq(probe(), UINT64_MAX);
}
END_TEST

START_TEST(absurd)
{
	start();
	for (unsigned i = 0; i < CACHES; i++)
		fake_u32(SHEAF(i, 0) + AT_CACHE + 8, UINT32_MAX); /* so many objects */
	ck_assert_uint_eq(probe(), UINT64_MAX);
	ck_assert_uint_lt(fake.reads, 100000);
	start();
	for (unsigned i = 0; i < CACHES; i++)
		fake_u64(SHEAF(i, 0) + AT_CACHE + 24, OBJECTS); /* one object twice */
	ck_assert_uint_eq(probe(), UINT64_MAX);
	start();
	for (unsigned i = 0; i < CACHES; i++)
		fake_u64(SHEAF(i, 0) + AT_CACHE + 16, 0x41414141); /* no object's address */
	ck_assert_uint_eq(probe(), UINT64_MAX);
}
END_TEST

UNIT_MAIN("probe_sheaves", sheaves, caches_without_any, damage, absurd)
