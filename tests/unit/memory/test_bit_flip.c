/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_slab.h"
#include "memory/bit_flip.h"

#define HOLDERS (FAKE_BASE + 0x4000)  /* 512 bytes each, 16 of them */
#define TARGETS (FAKE_BASE + 0x10000) /* 1024 bytes each, 32 of them */
#define MEMBER 64

static struct bad_value origin;

static uint64_t holder(unsigned index)
{
	return HOLDERS + 512 * (uint64_t)index;
}

static uint64_t target(unsigned index)
{
	return TARGETS + 1024 * (uint64_t)index;
}

static void start(void)
{
	fake_open(NULL);
	fake_bounded = true;
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("request_queue", HOLDERS, 512, 16);
	fake_slab("kmalloc-1k", TARGETS, 1024, 32);
	origin = (struct bad_value){.found = true, .held = true, .address = holder(5) + MEMBER};
}

/* The bad value where it was read from. */
static bool find(uint64_t value, const struct bad_value *from, struct bit_flip *flip)
{
	fake_u64(holder(5) + MEMBER, value);
	return bit_flip_find(&kernel, value, from, flip);
}

START_TEST(a_list_tells_one_bit_and_two)
{
	struct bit_flip flip;

	for (unsigned two = 0; two < 2; two++) {
		uint64_t bits = 1ull << 40 | (two ? 1ull << 33 : 0);

		start();
		fake_u64(target(3) + 8, holder(5) + MEMBER); /* prev */
		ck_assert(find(target(3) ^ bits, &origin, &flip));
		ck_assert_uint_eq(flip.restored, target(3));
		ck_assert_uint_eq(flip.count, 1 + two);
		ck_assert_uint_eq(flip.bits[two], 40);
		ck_assert_double_ge(flip.confidence, 0.9);
		fake_close();
	}
}
END_TEST

START_TEST(prev_pointers_count_as_well)
{
	struct bit_flip flip;

	start();
	fake_u64(target(3), holder(5) + MEMBER - 8); /* its next is our node */
	ck_assert(find(target(3) ^ 1ull << 44, &origin, &flip));
	ck_assert_uint_eq(flip.restored, target(3));
	ck_assert_double_ge(flip.confidence, 0.9);
	fake_close();
}
END_TEST

START_TEST(links_tell_who_holds_the_value)
{
	struct bit_flip flip;

	start();
	fake_u64(target(3) + 8, holder(5) + MEMBER);
	ck_assert(find(target(3) ^ 1ull << 40, NULL, &flip));
	ck_assert_uint_eq(flip.node, holder(5) + MEMBER);
	fake_close();
}
END_TEST

START_TEST(neighbours_tell_what_would_fit)
{
	struct bit_flip flip;

	start();
	for (unsigned i = 0; i < 16; i++)
		fake_u64(holder(i) + MEMBER, target(i));
	ck_assert(find(target(9) ^ (1ull << 40 | 1ull << 35), &origin, &flip));
	ck_assert_uint_eq(flip.restored, target(9));
	ck_assert_double_ge(flip.confidence, 0.85);
	/* they lead to the start of an object, so its middle does not fit */
	ck_assert(!find((target(9) + 24) ^ (1ull << 40 | 1ull << 35), &origin, &flip));
	ck_assert(!find((target(9) + 24) ^ 1ull << 40, &origin, &flip));
	/* nor does one that is free */
	fake_slabs.free[fake_slabs.free_count++] = target(9);
	ck_assert(!find(target(9) ^ 1ull << 40, &origin, &flip));
	/* neighbours that disagree tell nothing: it is a live object's start, no more */
	fake_u64(holder(2) + MEMBER, holder(1));
	ck_assert(find(target(8) ^ 1ull << 40, &origin, &flip));
	ck_assert_double_le(flip.confidence, 0.5);
	ck_assert(!find(target(8) ^ (1ull << 40 | 1ull << 35), &origin, &flip));
	fake_close();
}
END_TEST

/* In a cache that anybody allocates from, neighbours agree by chance: they do not refuse an object. */
START_TEST(neighbours_of_other_types_refuse_nothing)
{
	struct bit_flip flip;

	start();
	strcpy(fake_slabs.caches[0].name, "kmalloc-cg-512");
	fake_slab("kmalloc-256", FAKE_BASE + 0x20000, 256, 32);
	uint64_t good = FAKE_BASE + 0x20000 + 9 * 256;
	for (unsigned i = 0; i < 16; i++)
		fake_u64(holder(i) + MEMBER, target(i));
	ck_assert(find(good ^ 1ull << 46, &origin, &flip));
	ck_assert_uint_eq(flip.restored, good);
	ck_assert_double_ge(flip.confidence, 0.85);
	/* the middle of an object, and where a page begins, may be met by chance */
	ck_assert(find((good + 24) ^ 1ull << 46, &origin, &flip));
	ck_assert_double_le(flip.confidence, 0.5);
	good = FAKE_BASE + 0x21000;
	ck_assert(find(good ^ 1ull << 46, &origin, &flip));
	ck_assert_double_lt(flip.confidence, 0.85);
	/* nor is it evidence where nothing tells where the value stood */
	ck_assert(find((good + 256) ^ 1ull << 46, NULL, &flip));
	ck_assert_double_le(flip.confidence, 0.5);
	strcpy(fake_slabs.caches[0].name, "request_queue");
	ck_assert(!find((good + 256) ^ 1ull << 46, &origin, &flip));
	fake_close();
}
END_TEST

/* Where many bits lead into the cache, one of them fitting is no wonder. */
START_TEST(chance_is_taken_off)
{
	struct bit_flip sure, unsure;

	start();
	for (unsigned i = 0; i < 16; i++)
		fake_u64(holder(i) + MEMBER, target(i));
	ck_assert(find(target(9) ^ 1ull << 40, &origin, &sure));
	/* misaligned, but in the midst of the objects: every second bit restores something */
	ck_assert(find(target(9) ^ 1ull << 6, &origin, &unsure));
	ck_assert_double_lt(unsure.confidence, sure.confidence);
	fake_close();
}
END_TEST

/* Two bits of an arbitrary value must not be explained by objects that happen to lie about. */
START_TEST(random_values_are_not_explained)
{
	uint64_t seed = 88172645463325252ull;
	unsigned found = 0;

	start();
	for (unsigned i = 0; i < 16; i++)
		fake_u64(holder(i) + MEMBER, target(i));
	for (unsigned i = 0; i < 2000; i++) {
		struct bit_flip flip;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		found += find(seed, &origin, &flip);
	}
	ck_assert_uint_eq(found, 0);
	fake_close();
}
END_TEST

UNIT_MAIN("bit_flip", a_list_tells_one_bit_and_two, prev_pointers_count_as_well,
	  links_tell_who_holds_the_value, neighbours_tell_what_would_fit,
	  neighbours_of_other_types_refuse_nothing, chance_is_taken_off,
	  random_values_are_not_explained)
