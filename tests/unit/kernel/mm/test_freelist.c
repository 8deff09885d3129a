/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_kernel.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/freelist.h"
#include "kernel/mm/slab.h"

/* What slab.c and page.c ask for besides; these tests never get there. */
bool memory_virt_to_phys_linear(const struct memory *memory, uint64_t va, uint64_t *phys)
{
	(void)memory;
	(void)va;
	(void)phys;
	return false;
}

uint64_t memory_phys_to_virt(const struct memory *memory, uint64_t phys)
{
	(void)memory;
	return phys;
}

uint64_t memory_vmemmap(const struct memory *memory)
{
	(void)memory;
	return 0;
}

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

const struct dump_info *dump_info(const struct dump *dump)
{
	static const struct dump_info info;

	(void)dump;
	return &info;
}

#define BASE (FAKE_BASE + 0x1000)
#define OBJECTS 8

static struct slab_cache cache;
static struct slab slab;
static struct kernel one;

static uint64_t object(unsigned index)
{
	return slab_object_start(&slab, index);
}

static void start(bool hardened)
{
	cache = (struct slab_cache){.name = "test",
				    .size = 64,
				    .object_size = 64,
				    .offset = 32,
				    .hardened = hardened,
				    .random = 0x1122334455667788};
	slab = (struct slab){.cache = &cache, .base = BASE, .objects = OBJECTS};
	memset(fake.bytes, 0, sizeof(fake.bytes));
}

static void link_plain(unsigned from, uint64_t to)
{
	fake_u64(object(from) + cache.offset, to);
}

static void expect(uint64_t first, int why, uint64_t at)
{
	uint8_t bits[OBJECTS] = {0};
	struct freelist_break broken;

	assert_ok(freelist_walk(&one, &slab, first, bits, &broken));
	ck_assert_int_eq(broken.why, why);
	ck_assert_uint_eq(broken.object, at);
}

START_TEST(a_whole_list_marks_its_objects)
{
	uint8_t bits[OBJECTS] = {0};
	struct freelist_break broken;

	start(false);
	link_plain(3, object(5));
	link_plain(5, object(1));
	assert_ok(freelist_walk(&one, &slab, object(3), bits, &broken));
	ck_assert_int_eq(broken.why, BREAK_NONE);
	ck_assert(bits[1] && bits[3] && bits[5] && !bits[0] && !bits[2]);
	expect(0, BREAK_NONE, 0);
}
END_TEST

START_TEST(broken_lists_end_and_say_where)
{
	start(false);
	link_plain(3, object(5));
	link_plain(5, object(3));
	expect(object(3), BREAK_LOOP, object(5));
	link_plain(5, object(5)); /* onto itself: a double free */
	expect(object(3), BREAK_LOOP, object(5));
	link_plain(5, object(OBJECTS)); /* one behind the last */
	expect(object(3), BREAK_OUTSIDE, object(5));
	link_plain(5, 0x0072006900560318);
	expect(object(3), BREAK_OUTSIDE, object(5));
	link_plain(5, object(2) + 8);
	expect(object(3), BREAK_MISALIGNED, object(5));
	expect(UINT64_MAX, BREAK_OUTSIDE, 0);	    /* the list's own first pointer */
	slab.base = FAKE_BASE + sizeof(fake.bytes); /* memory that is not in the dump */
	expect(object(0), BREAK_UNREADABLE, object(0));
}
END_TEST

START_TEST(hardening_is_undone_by_either_formula)
{
	for (int swapped = 0; swapped < 2; swapped++) {
		uint64_t raw, next, at;

		start(true);
		at = object(4) + cache.offset;
		fake_u64(at, object(6) ^ cache.random ^ (swapped ? __builtin_bswap64(at) : at));
		assert_ok(freelist_next(&one, &slab, object(4), &raw, &next));
		ck_assert_uint_eq(next, object(6));
		fake_u64(at, 0 ^ cache.random ^ (swapped ? __builtin_bswap64(at) : at));
		assert_ok(freelist_next(&one, &slab, object(4), &raw, &next));
		ck_assert_uint_eq(next, 0);
	}
}
END_TEST

START_TEST(red_zones_move_the_objects)
{
	start(false);
	cache.red_left_pad = 16;
	ck_assert_uint_eq(object(2), BASE + 2 * 64 + 16);
	link_plain(2, object(7));
	expect(object(2), BREAK_NONE, 0);
	link_plain(2, BASE + 7 * 64); /* the slot, not the object in it */
	expect(object(2), BREAK_MISALIGNED, object(2));
}
END_TEST

UNIT_MAIN("freelist", a_whole_list_marks_its_objects, broken_lists_end_and_say_where,
	  hardening_is_undone_by_either_formula, red_zones_move_the_objects)
