/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains with one wrong bit; chains whose nodes were written over; chains that loop, end, or are none. */
#include "unit.h"

#include "fake_slab.h"
#include "memory/broken_chain.h"

#define SLAB (FAKE_BASE + 0x4000)
#define OBJECT 64
#define NODE(i) (SLAB + OBJECT * (uint64_t)(i))
#define LINK 8
#define GARBAGE 0x4141414141414141ull

static struct bad_value bad;
static struct broken_list list;

static void link_to(unsigned from, uint64_t to)
{
	fake_u64(NODE(from) + LINK, to);
}

/* 1 -> 6 -> 11 -> 22 -> 32 -> 40 -> 50, all of a slab in use, nothing else in it but zeros and garbage. */
static const unsigned order[] = {1, 6, 11, 22, 32, 40, 50};

static void set_up(void)
{
	fake_open(NULL);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-64", SLAB, OBJECT, 64);
	for (unsigned i = 0; i < 64; i++)
		link_to(i, GARBAGE);
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++)
		link_to(order[i], i + 1 < ARRAY_SIZE(order) ? NODE(order[i + 1]) : 0);
}

/* The loop went from node 1 over so many nodes to garbage. */
static bool find(unsigned rounds)
{
	bad = (struct bad_value){.found = true,
				 .held = true,
				 .loop = {.first = NODE(1), .rounds = rounds, .inner = LINK}};
	return broken_chain_find(&kernel, &bad, &list);
}

START_TEST(a_link_with_a_wrong_bit)
{
	set_up();
	link_to(22, NODE(32) ^ 1ull << 8); /* to object 36 */
	ck_assert(find(5));
	ck_assert_uint_eq(list.at, NODE(22) + LINK);
	ck_assert_uint_eq(list.found, NODE(36));
	ck_assert_uint_eq(list.good, NODE(32));
	ck_assert_int_eq(list.bit, 8);
	ck_assert_str_eq(broken_list_link(&list), "next");
	ck_assert(list.confidence > 0.7);
	fake_close();
}
END_TEST

/* Two nodes that nobody leads to, one bit away each: which of them is not told. */
START_TEST(several_that_could_be_meant)
{
	set_up();
	link_to(22, NODE(36));
	link_to(37, NODE(50));
	ck_assert(!find(5));
	link_to(37, NODE(32)); /* now the chain goes on through 37 */
	ck_assert(find(5));
	ck_assert_uint_eq(list.good, NODE(37));
	fake_close();
}
END_TEST

START_TEST(what_is_no_wrong_bit)
{
	set_up(); /* the last is a node: what was read from it went wrong later */
	ck_assert(!find(5));
	link_to(22, NODE(35)); /* two bits */
	ck_assert(!find(5));
	link_to(22, NODE(36));
	ck_assert(!find(3)); /* of three nodes, nothing is known */
	fake_slabs.free[fake_slabs.free_count++] = NODE(32);
	ck_assert(!find(5));
	fake_close();
}
END_TEST

/* Where each node lies one bit from the next, what follows one that was freed does as well. */
START_TEST(neighbours_say_less)
{
	set_up();
	link_to(1, NODE(0));
	link_to(0, NODE(2));
	link_to(2, NODE(3));
	link_to(3, NODE(7));  /* node 7 was written over */
	link_to(5, NODE(32)); /* and led to 5 */
	link_to(6, GARBAGE);
	ck_assert(find(5));
	ck_assert(list.confidence < 0.6);
	fake_close();
}
END_TEST

START_TEST(absurd_loops_end)
{
	set_up();
	link_to(50, NODE(1)); /* round and round, far longer than is remembered */
	ck_assert(!find(65536));
	link_to(6, NODE(6));
	ck_assert(!find(1000));
	link_to(6, 0x10);
	ck_assert(!find(1000));
	ck_assert(!find(0));
	fake_close();
	set_up();
	link_to(22, NODE(36));
	link_to(32, NODE(33)); /* the candidates lead in a circle */
	link_to(33, NODE(32));
	ck_assert(!find(5) || list.bit >= 0);
	fake_close();
}
END_TEST

UNIT_MAIN("broken_chain", a_link_with_a_wrong_bit, several_that_could_be_meant,
	  what_is_no_wrong_bit, neighbours_say_less, absurd_loops_end)
