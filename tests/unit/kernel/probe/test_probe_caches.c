/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caches in made memory: what their list and names tell, and what contradicts them. */
#include "fake_kernel.h"
#include "kernel/probe/probe_caches.h"

#define CACHES 8
#define HEAD (FAKE_BASE + 0x1000)
#define KMALLOC (FAKE_BASE + 0x2000)
#define CACHE(i) (FAKE_BASE + 0x8000 + 0x200 * (uint64_t)(i))
#define NAME(i) (FAKE_BASE + 0x10000 + 0x40 * (uint64_t)(i))
#define NODE(i) (CACHE(i) + AT_NODE)

enum { AT_SIZE = 24, AT_OBJECT_SIZE = 28, AT_OFFSET = 32, AT_NAME = 96, AT_NODE = 104 };

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

static void link_nodes(uint64_t first, uint64_t second)
{
	fake_u64(first, second);
	fake_u64(second + 8, first);
}

static void put_caches(void)
{
	char name[32];

	fake_open(NULL);
	fake_symbol("slab_caches", HEAD);
	fake_symbol("kmalloc_caches", KMALLOC);
	fake_symbol("behind", KMALLOC + 8 * CACHES);
	for (unsigned i = 0; i < CACHES; i++) {
		snprintf(name, sizeof(name), "kmalloc-%u", 8u << i);
		fake_put(NAME(i), name, strlen(name) + 1);
		fake_u64(KMALLOC + 8 * i, CACHE(i));
		fake_u32(CACHE(i) + AT_SIZE, 8u << i);
		fake_u32(CACHE(i) + AT_OBJECT_SIZE, 8u << i);
		fake_u64(CACHE(i) + AT_NAME, NAME(i));
		link_nodes(i ? NODE(i - 1) : HEAD, NODE(i));
	}
	link_nodes(NODE(CACHES - 1), HEAD);
}

static size_t probe(struct cache_images *images)
{
	assert_ok(cache_images_open(&kernel, images));
	return images->count;
}

/* How many caches are told of; the fake kernel is closed. */
static size_t count(void)
{
	struct cache_images images;
	size_t found = probe(&images);

	cache_images_deinit(&images);
	fake_close();
	return found;
}

START_TEST(members_by_names)
{
	struct cache_images images;

	put_caches();
	ck_assert_uint_eq(probe(&images), CACHES);
	ck_assert_uint_eq(images.node, AT_NODE);
	ck_assert_uint_eq(images.name, AT_NAME);
	ck_assert_uint_eq(images.size, AT_SIZE);
	ck_assert_uint_eq(images.object_size, AT_OBJECT_SIZE);
	ck_assert_uint_eq(images.offset, AT_OFFSET);
	ck_assert_ptr_nonnull(cache_images_find(&images, CACHE(3)));
	ck_assert_ptr_null(cache_images_find(&images, CACHE(3) + 8));
	cache_images_deinit(&images);
	fake_close();
}
END_TEST

/* Looked for further than a cache reaches, its members are behind what is in the dump. */
START_TEST(at_the_end_of_what_is_there)
{
	uint64_t end = FAKE_BASE + sizeof(fake.bytes), last = end - 0x100;

	put_caches();
	ck_assert_uint_eq(end % PAGE_SIZE, 0);
	fake_u64(KMALLOC + 8 * (CACHES - 1), last);
	fake_u32(last + AT_SIZE, 8u << (CACHES - 1));
	fake_u32(last + AT_OBJECT_SIZE, 8u << (CACHES - 1));
	fake_u64(last + AT_NAME, NAME(CACHES - 1));
	link_nodes(NODE(CACHES - 2), last + AT_NODE);
	link_nodes(last + AT_NODE, HEAD);
	ck_assert_uint_eq(count(), CACHES);
}
END_TEST

START_TEST(loop_ends)
{
	put_caches();
	fake_u64(NODE(CACHES - 1), NODE(2)); /* whose prev says otherwise */
	ck_assert_uint_eq(count(), CACHES);
	put_caches();
	link_nodes(NODE(0), NODE(0)); /* and one that agrees with itself */
	fake_u64(HEAD, NODE(0));
	fake_u64(NODE(0) + 8, HEAD);
	ck_assert_uint_eq(count(), 0);
	ck_assert_uint_lt(fake.reads, 100000);
}
END_TEST

START_TEST(contradictions)
{
	put_caches();
	fake_u32(CACHE(5) + AT_OBJECT_SIZE, 8); /* its name says 256 */
	ck_assert_uint_eq(count(), 0);
	put_caches();
	fake_u32(CACHE(5) + AT_SIZE, UINT32_MAX);
	ck_assert_uint_eq(count(), 0);
	put_caches();
	fake_u64(CACHE(5) + AT_NAME, FAKE_BASE + (1ull << 40));
	ck_assert_uint_eq(count(), 0);
	put_caches();
	fake_u32(CACHE(5) + AT_OFFSET, 256); /* outside of the object */
	ck_assert_uint_eq(count(), 0);
}
END_TEST

START_TEST(too_few)
{
	put_caches();
	for (unsigned i = 3; i < CACHES; i++)
		fake_u64(KMALLOC + 8 * i, 0);
	ck_assert_uint_eq(count(), 0);
}
END_TEST

UNIT_MAIN("probe_caches", members_by_names, at_the_end_of_what_is_there, loop_ends, contradictions,
	  too_few)
