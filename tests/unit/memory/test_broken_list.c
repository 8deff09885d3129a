/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_kernel.h"
#include "memory/broken_list.h"

#define NODES 6
#define NODE(i) (FAKE_BASE + 0x4000 + 0x40 * (uint64_t)(i)) /* NODE(0) is the head */
#define ELSEWHERE (FAKE_BASE + 0x8000)

static unsigned budget;
static struct broken_list found;

static void start(void)
{
	fake_open(NULL);
	fake_bounded = true;
	for (unsigned i = 0; i < NODES; i++) {
		fake_u64(NODE(i), NODE((i + 1) % NODES));
		fake_u64(NODE(i) + 8, NODE((i + NODES - 1) % NODES));
	}
	budget = 1000;
}

static bool find(uint64_t node)
{
	return broken_list_find(&kernel, node, &budget, &found);
}

START_TEST(a_whole_list_and_no_list)
{
	start();
	for (unsigned i = 0; i < NODES; i++)
		ck_assert(!find(NODE(i)));
	ck_assert(!find(ELSEWHERE)); /* blank memory */
	ck_assert(!find(0));
	ck_assert(!find(UINT64_MAX));
	ck_assert(!find(NODE(2) + 3));
	fake_close();
}
END_TEST

START_TEST(a_flipped_bit_from_any_node)
{
	for (unsigned link = 0; link <= 8; link += 8) {
		for (unsigned i = 0; i < NODES; i++) {
			uint64_t good = NODE(link ? 1 : 3), bad = good ^ 1ull << 13;

			start();
			fake_u64(NODE(2) + link, bad);
			ck_assert(find(NODE(i)));
			ck_assert_uint_eq(found.at, NODE(2) + link);
			ck_assert_uint_eq(found.found, bad);
			ck_assert_uint_eq(found.good, good);
			ck_assert_int_eq(found.bit, 13);
			ck_assert_uint_eq(found.link, link);
			fake_close();
		}
	}
}
END_TEST

START_TEST(more_than_a_bit_is_no_flip)
{
	start();
	fake_u64(NODE(2), NODE(3) ^ 3ull << 13);
	ck_assert(find(NODE(0)));
	ck_assert_uint_eq(found.good, NODE(3));
	ck_assert_int_eq(found.bit, -1);
	fake_close();
}
END_TEST

/* list_add() and list_del() caught in the middle: neighbours in a slab are one bit apart. */
START_TEST(a_list_in_change_is_no_flip)
{
	uint64_t new = NODE(3) ^ 0x1000;

	start();
	fake_u64(NODE(3) + 8, new); /* next->prev = new */
	fake_u64(new, NODE(3));
	fake_u64(new + 8, NODE(2));
	ck_assert(find(NODE(0)));
	ck_assert_uint_eq(found.good, new);
	ck_assert_int_eq(found.bit, -1);
	fake_close();

	start();
	fake_u64(NODE(4) + 8, NODE(2)); /* next->prev = prev, of NODE(3) */
	ck_assert(find(NODE(0)));
	ck_assert_int_eq(found.bit, -1);
	fake_close();
}
END_TEST

START_TEST(a_node_that_was_overwritten)
{
	start();
	fake_u64(NODE(3), 0x4242424242424242);
	fake_u64(NODE(3) + 8, 0x4242424242424242);
	ck_assert(find(NODE(0)));
	ck_assert_uint_eq(found.at, 0);
	ck_assert_uint_eq(found.lost, NODE(3));
	ck_assert_uint_eq(found.before, NODE(2));
	ck_assert_uint_eq(found.after, NODE(4));
	ck_assert_int_eq(found.bit, -1);
	fake_close();
}
END_TEST

/* An hlist: it ends with NULL, and pprev of the first leads to a bucket among others. */
START_TEST(a_hash_chain)
{
	start();
	fake_u64(ELSEWHERE, NODE(1));
	fake_u64(ELSEWHERE + 8, NODE(5)); /* the next bucket */
	fake_u64(NODE(1) + 8, ELSEWHERE);
	fake_u64(NODE(4), 0);
	ck_assert(!find(NODE(2)));
	fake_u64(NODE(2), NODE(3) ^ 1ull << 40);
	ck_assert(find(NODE(1)));
	ck_assert_uint_eq(found.at, NODE(2));
	ck_assert_int_eq(found.bit, 40);
	fake_close();
}
END_TEST

START_TEST(only_the_stray_is_known)
{
	uint64_t stray = NODE(3) ^ 1ull << 14;

	start();
	fake_u64(NODE(2), stray);
	ck_assert(broken_list_find_stray(&kernel, stray, &found));
	ck_assert(!found.weak);
	ck_assert_uint_eq(found.at, NODE(2));
	ck_assert_uint_eq(found.good, NODE(3));
	ck_assert(!broken_list_find_stray(&kernel, NODE(3), &found));
	fake_u64(NODE(2), NODE(3));
	ck_assert(!broken_list_find_stray(&kernel, stray, &found));
	ck_assert(!broken_list_find_stray(&kernel, stray + 1, &found));
	/* two words alone, as an old stack has them, make no list that anybody may be sure of */
	fake_u64(NODE(2), stray);
	fake_u64(NODE(1), 0);
	ck_assert(broken_list_find_stray(&kernel, stray, &found));
	ck_assert(found.weak);
	fake_u64(NODE(1), NODE(2));
	fake_u64(NODE(4) + 8, 0);
	ck_assert(broken_list_find_stray(&kernel, stray, &found));
	ck_assert(found.weak);
	fake_close();
}
END_TEST

/* From the wrong word through live memory to NULL, and never for ever. */
START_TEST(where_it_leads)
{
	unsigned steps;

	start();
	uint64_t stray = NODE(3) ^ 1ull << 13;
	fake_u64(NODE(2), stray);
	fake_u64(stray, ELSEWHERE);
	fake_u64(ELSEWHERE, 0);
	ck_assert(find(NODE(0)));
	ck_assert(broken_list_leads_to(&kernel, &found, 0x10, 4096, &steps));
	ck_assert_uint_eq(steps, 2);
	ck_assert(!broken_list_leads_to(&kernel, &found, 0x4141414141414141, 4096, &steps));
	fake_u64(ELSEWHERE, stray); /* round and round */
	ck_assert(!broken_list_leads_to(&kernel, &found, 0x10, 4096, &steps));
	fake_close();
}
END_TEST

/* A loop that its start is not on ends with the budget. */
START_TEST(bounds)
{
	start();
	fake_u64(NODE(0), NODE(2));
	fake_u64(NODE(2) + 8, NODE(0));
	fake_u64(NODE(4), NODE(2));
	fake_u64(NODE(2) + 8, NODE(4));
	fake_u64(ELSEWHERE, NODE(2));
	ck_assert(!find(ELSEWHERE));
	budget = 3;
	ck_assert(!find(NODE(3)));
	ck_assert_uint_eq(budget, 0);
	ck_assert(!find(NODE(3)));
	fake_close();
}
END_TEST

UNIT_MAIN("broken_list", a_whole_list_and_no_list, a_flipped_bit_from_any_node,
	  more_than_a_bit_is_no_flip, a_list_in_change_is_no_flip, a_node_that_was_overwritten,
	  a_hash_chain, only_the_stray_is_known, where_it_leads, bounds)
