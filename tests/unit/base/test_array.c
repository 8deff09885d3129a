/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow at their end: what is in them stays, whichever way the count goes. */
#include "unit.h"

#include <stdint.h>

#include "base/array.h"

ALLOCATIONS_MAY_FAIL

/* The sanitizers watch that each element has its room. */
static void add(uint64_t **items, size_t *count, uint64_t item)
{
	ck_assert(array_grow(*items, *count));
	(*items)[(*count)++] = item;
}

static void check(const uint64_t *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(items[i], i * i);
}

START_TEST(what_is_in_it_stays_while_it_grows)
{
	_free_ uint64_t *items = NULL;
	size_t count = 0;

	for (size_t i = 0; i < 5000; i++) {
		add(&items, &count, i * i);
		if (i < 40)
			check(items, count);
	}
	check(items, count);
}
END_TEST

START_TEST(the_count_may_be_lowered)
{
	_free_ uint64_t *items = NULL;
	size_t count = 0;

	/* Past a power of two, back before it, onto it, to nothing; and up again each time. */
	for (size_t low = 0; low <= 40; low++) {
		while (count < 100)
			add(&items, &count, count * count);
		count = low;
		check(items, count);
	}
	while (count < 300)
		add(&items, &count, count * count);
	check(items, count);
}
END_TEST

START_TEST(without_memory_the_array_is_as_it_was)
{
	_free_ uint64_t *items = NULL;
	size_t count = 0;

	for (size_t i = 0; i < 8; i++)
		add(&items, &count, i * i);
	/* Twice as many of this size are more bytes than a number holds. */
	ck_assert_ptr_null(array_grown(items, (size_t)1 << 62, sizeof(*items)));
	check(items, count);
}
END_TEST

START_TEST(the_first_is_found)
{
	static const int ascending[] = {1, 3, 3, 3, 8};

	for (size_t count = 0; count <= ARRAY_SIZE(ascending); count++)
		for (int wanted = 0; wanted < 10; wanted++) {
			size_t expected = 0;

			while (expected < count && ascending[expected] < wanted)
				expected++;
			ck_assert_uint_eq(array_first(count, i, ascending[i] >= wanted), expected);
		}
}
END_TEST

UNIT_MAIN("array", the_first_is_found, what_is_in_it_stays_while_it_grows, the_count_may_be_lowered,
	  without_memory_the_array_is_as_it_was)
