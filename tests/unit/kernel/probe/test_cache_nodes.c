/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of slabs in made memory: of one node, of two, and what contradicts them. */
#include "fake_kernel.h"
#include "kernel/probe/cache_nodes.h"

#define CACHES 10u
#define NODE(i, n) (FAKE_BASE + 0x4000 + 0x100 * (uint64_t)(2 * (i) + (n)))
#define BARN(i) (FAKE_BASE + 0x8000 + 0x100 * (uint64_t)(i))
#define SLAB(i) (FAKE_BASE + 0x10000 + 0x40 * (uint64_t)(i))

enum { AT_NAME = 96, AT_NODES = 216, AT_LIST = 16 };

static struct cache_image list[CACHES];
static const struct cache_images caches = {.list = list, .count = CACHES, .name = AT_NAME};

static void link_nodes(uint64_t first, uint64_t second)
{
	fake_u64(first, second);
	fake_u64(second + 8, first);
}

static void put_pointer(unsigned cache, size_t at, uint64_t value)
{
	memcpy(list[cache].bytes + at, &value, 8);
}

/* One slab on the list, three in all. */
static void put_node(unsigned i, unsigned n)
{
	uint64_t head = NODE(i, n) + AT_LIST, slab = SLAB(2 * i + n);

	link_nodes(head, slab + 16);
	link_nodes(slab + 16, head);
	fake_u64(head - 8, 1);
	fake_u64(head + 16, 3);
	fake_u64(head + 24, 60);
}

/* Pointers to nodes are stride bytes apart. */
static void put_caches(unsigned nodes, size_t stride)
{
	fake_open(NULL);
	memset(list, 0, sizeof(list));
	for (unsigned i = 0; i < CACHES; i++)
		for (unsigned n = 0; n < nodes; n++) {
			put_node(i, n);
			put_pointer(i, AT_NODES + n * stride, NODE(i, n));
		}
}

START_TEST(one_node)
{
	struct cache_nodes nodes;
	uint64_t slab;

	put_caches(1, 8);
	ck_assert(cache_nodes_find(&kernel, &caches, &nodes));
	ck_assert_uint_eq(nodes.at, AT_NODES);
	ck_assert_uint_eq(nodes.list, AT_LIST);
	ck_assert(!nodes.barns);
	ck_assert(cache_nodes_partial(&kernel, &nodes, &list[2], &slab));
	ck_assert_uint_eq(slab, SLAB(4) + 16);
	fake_close();
}
END_TEST

START_TEST(two_nodes)
{
	struct cache_nodes nodes;

	put_caches(2, 8);
	ck_assert(cache_nodes_find(&kernel, &caches, &nodes));
	ck_assert_uint_eq(nodes.at, AT_NODES);
	ck_assert_uint_eq(nodes.stride, 8);
	fake_close();
	put_caches(2, 24); /* not side by side: something else is one of them */
	ck_assert(!cache_nodes_find(&kernel, &caches, &nodes));
	fake_close();
}
END_TEST

START_TEST(barns)
{
	struct cache_nodes nodes;

	put_caches(2, 16);
	fake_symbol("rcu_free_sheaf", FAKE_BASE);
	for (unsigned i = 0; i < CACHES; i++) {
		link_nodes(BARN(i) + 8, BARN(i) + 8);
		link_nodes(BARN(i) + 24, BARN(i) + 24);
		put_pointer(i, AT_NODES - 8, BARN(i));
	}
	ck_assert(cache_nodes_find(&kernel, &caches, &nodes));
	ck_assert(nodes.barns);
	fake_u64(BARN(3) + 40, 5); /* so many full ones its list has not */
	ck_assert(!cache_nodes_find(&kernel, &caches, &nodes));
	fake_close();
}
END_TEST

START_TEST(loop_and_absurd_counts)
{
	struct cache_nodes nodes;

	put_caches(1, 8);
	link_nodes(SLAB(4) + 16, SLAB(4) + 16); /* the list of one leads to itself */
	ck_assert(!cache_nodes_find(&kernel, &caches, &nodes));
	ck_assert_uint_lt(fake.reads, 100000);
	fake_close();
	put_caches(1, 8);
	fake_u64(NODE(5, 0) + AT_LIST - 8, UINT64_MAX);
	ck_assert(!cache_nodes_find(&kernel, &caches, &nodes));
	fake_close();
	put_caches(1, 8);
	fake_u64(NODE(5, 0) + AT_LIST + 16, 0); /* one on the list, of none */
	ck_assert(!cache_nodes_find(&kernel, &caches, &nodes));
	fake_close();
}
END_TEST

UNIT_MAIN("cache_nodes", one_node, two_nodes, barns, loop_and_absurd_counts)
