/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees with one wrong bit; trees that are whole, changed, looped, or none. */
#include "fake_kernel.h"
#include "memory/broken_tree.h"

enum { PARENT = 0, RIGHT = 8, LEFT = 16 };

#define NODE(i) (FAKE_BASE + 0x1000 + 0x100 * (uint64_t)(i))
#define NODES 15
#define RED 0
#define BLACK 1

static struct broken_list tree;
static unsigned budget;

/* A full tree of 15: the children of i are 2i and 2i + 1. */
static void set_up(void)
{
	fake_open(NULL);
	budget = 1000;
	for (unsigned i = 1; i <= NODES; i++) {
		fake_u64(NODE(i) + PARENT, (i > 1 ? NODE(i / 2) : 0) | (i % 2 ? BLACK : RED));
		fake_u64(NODE(i) + LEFT, 2 * i <= NODES ? NODE(2 * i) : 0);
		fake_u64(NODE(i) + RIGHT, 2 * i + 1 <= NODES ? NODE(2 * i + 1) : 0);
	}
}

static bool find(unsigned from)
{
	return broken_tree_find(&kernel, NODE(from), &budget, &tree);
}

static uint64_t find_child(uint64_t root, uint64_t value)
{
	return broken_tree_find_child(&kernel, root, value, &budget, &tree);
}

static void expect(uint64_t at, uint64_t found, uint64_t good, int bit, const char *link)
{
	ck_assert_uint_eq(tree.at, at);
	ck_assert_uint_eq(tree.found, found);
	ck_assert_uint_eq(tree.good, good);
	ck_assert_int_eq(tree.bit, bit);
	ck_assert_str_eq(broken_list_link(&tree), link);
	fake_close();
}

START_TEST(a_child_pointer_with_a_wrong_bit)
{
	set_up();
	fake_u64(NODE(2) + RIGHT, NODE(5) ^ 1ull << 12);
	ck_assert(find(1));
	expect(NODE(2) + RIGHT, NODE(5) ^ 1ull << 12, NODE(5), 12, "rb_right");
	set_up(); /* from a node far below, up and down again; into nowhere */
	fake_u64(NODE(3) + LEFT, NODE(6) ^ 1ull << 46);
	ck_assert(find(9));
	expect(NODE(3) + LEFT, NODE(6) ^ 1ull << 46, NODE(6), 46, "rb_left");
}
END_TEST

START_TEST(a_parent_pointer_with_a_wrong_bit)
{
	set_up();
	fake_u64(NODE(2) + PARENT, (NODE(1) ^ 1ull << 13) | RED);
	ck_assert(find(1));
	expect(NODE(2) + PARENT, NODE(1) ^ 1ull << 13, NODE(1), 13, "parent");
}
END_TEST

START_TEST(by_the_node_it_leads_to)
{
	set_up();
	uint64_t stray = NODE(9) ^ 1ull << 13;
	fake_u64(NODE(4) + RIGHT, stray);
	fake_u64(stray + LEFT, 0x4141414141414141);
	ck_assert(broken_tree_find_stray(&kernel, stray, &tree));
	unsigned steps;
	ck_assert(broken_tree_leads_to(&kernel, &tree, 0x4141414141414159, 4096, &steps));
	ck_assert_uint_eq(steps, 1);
	ck_assert(!broken_tree_leads_to(&kernel, &tree, 0x4242424242424242, 4096, &steps));
	expect(NODE(4) + RIGHT, stray, NODE(9), 13, "rb_right");
	set_up();
	ck_assert(!broken_tree_find_stray(&kernel, NODE(5), &tree));
	ck_assert(!broken_tree_find_stray(&kernel, NODE(5) + 1, &tree));
	fake_close();
}
END_TEST

/* A node whose memory is somebody else's now, text from end to end. */
START_TEST(a_node_that_was_overwritten_as_a_whole)
{
	const uint64_t text = 0x4141414141414141;

	set_up();
	for (unsigned link = PARENT; link <= LEFT; link += 8)
		fake_u64(NODE(5) + link, text);
	ck_assert_uint_eq(find_child(NODE(1), text), NODE(5) + RIGHT);
	ck_assert(!tree.at);
	ck_assert_uint_eq(find_child(NODE(3), text), 0);
	ck_assert_uint_eq(find_child(text, text), 0);
	fake_u64(NODE(7) + LEFT, NODE(1)); /* round and round */
	ck_assert_uint_eq(find_child(NODE(1), 0x4242), 0);
	fake_close();
}
END_TEST

/* One bit of the way there is wrong, and more of the tree is damaged than that. */
START_TEST(a_way_down_that_goes_astray)
{
	const uint64_t text = 0x4141414141414141, stray = NODE(9) ^ 1ull << 13;

	set_up();
	fake_u64(NODE(4) + RIGHT, stray);
	fake_u64(stray + LEFT, text);
	fake_u64(NODE(1) + PARENT, NODE(1));
	fake_u64(NODE(4) + PARENT, 0);
	ck_assert_uint_eq(find_child(NODE(1), text), stray + LEFT);
	expect(NODE(4) + RIGHT, stray, NODE(9), 13, "rb_right");
}
END_TEST

START_TEST(whole_looped_and_none)
{
	set_up();
	ck_assert(!find(1));
	ck_assert(!find(15));
	ck_assert(!broken_tree_find(&kernel, NODE(40), &budget, &tree)); /* zeros */
	ck_assert(!broken_tree_find(&kernel, 0x4141414141414140, &budget, &tree));
	fake_u64(NODE(15) + LEFT, NODE(1)); /* back to its root: whose parent is none of it */
	ck_assert(!find(1));
	fake_u64(NODE(1) + PARENT, NODE(15)); /* and round for ever */
	ck_assert(!find(8));
	fake_close();
	set_up(); /* overwritten, not flipped */
	fake_u64(NODE(2) + LEFT, 0x4141414141414141);
	ck_assert(!find(1));
	fake_u64(NODE(2) + LEFT, NODE(11));
	ck_assert(!find(1));
	fake_close();
	set_up(); /* nothing more may be read */
	fake_u64(NODE(2) + RIGHT, NODE(5) ^ 1ull << 12);
	budget = 1;
	ck_assert(!find(1));
	ck_assert_uint_eq(budget, 0);
	fake_close();
}
END_TEST

UNIT_MAIN("broken_tree", a_node_that_was_overwritten_as_a_whole, a_way_down_that_goes_astray,
	  a_child_pointer_with_a_wrong_bit, a_parent_pointer_with_a_wrong_bit,
	  by_the_node_it_leads_to, whole_looped_and_none)
