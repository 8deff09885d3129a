/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "btf_build.h"
#include "fake_memory.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"

static struct kernel kernel;

/* All it knows is struct list_head. */
static void open_kernel(void)
{
	struct btf_build b = {0};
	uint32_t pointer = b_plain(&b, B_PTR, NULL, 0);

	b_record(&b, B_STRUCT, "list_head", 16, 2, "next", pointer, 0, "prev", pointer, 64);
	b_open_kernel(&b, &kernel.types, &kernel.members);
}

static void close_kernel(void)
{
	members_close(kernel.members);
	types_close(kernel.types);
}

/* Nodes 0 (the head) to count - 1 in a proper ring. */
#define NODE(i) (FAKE_BASE + 0x1000 + 64 * (uint64_t)(i))

static void put_list(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		fake_u64(NODE(i), NODE((i + 1) % count));
		fake_u64(NODE(i) + 8, NODE((i + count - 1) % count));
	}
}

static unsigned walk_list(size_t max, struct err **err)
{
	struct list_walk walk;
	unsigned seen = 0;

	list_walk_init(&walk, &kernel, NODE(0), max);
	while (list_walk_next(&walk))
		ck_assert_uint_eq(walk.node, NODE(++seen));
	ck_assert(!list_walk_next(&walk));
	*err = take_ptr(walk.err);
	list_walk_deinit(&walk);
	return seen;
}

START_TEST(lists_end_at_their_head)
{
	struct err *err;

	open_kernel();
	for (unsigned count = 1; count < 20; count++) {
		put_list(count);
		ck_assert_uint_eq(walk_list(count - 1, &err), count - 1);
		assert_ok(err);
	}
	close_kernel();
}
END_TEST

START_TEST(broken_lists_end_too)
{
	struct err *err;

	open_kernel();
	put_list(8);
	ck_assert_uint_eq(walk_list(3, &err), 3);
	assert_err(err, ERR_LIMIT);

	fake_u64(NODE(5) + 8, NODE(2)); /* back-pointer */
	ck_assert_uint_eq(walk_list(100, &err), 4);
	assert_err(err, ERR_CORRUPT);

	put_list(8);
	fake_u64(NODE(4), 0);
	ck_assert_uint_eq(walk_list(100, &err), 4);
	assert_err(err, ERR_UNMAPPED);

	put_list(8);
	fake_u64(NODE(3), NODE(3)); /* a node that points to itself, both ways */
	fake_u64(NODE(3) + 8, NODE(3));
	ck_assert_uint_le(walk_list(100, &err), 3);
	ck_assert(!err_ok(err));
	close_kernel();
}
END_TEST

static unsigned walk_chain(uint64_t first, size_t max, struct err **err)
{
	struct chain_walk walk;
	unsigned seen = 0;

	chain_walk_init(&walk, &kernel, first, 0, max);
	while (chain_walk_next(&walk))
		seen++;
	*err = take_ptr(walk.err);
	chain_walk_deinit(&walk);
	return seen;
}

START_TEST(chains_end_in_null_or_at_their_first)
{
	struct err *err;

	open_kernel();
	ck_assert_uint_eq(walk_chain(0, 10, &err), 0);
	assert_ok(err);
	put_list(6);
	ck_assert_uint_eq(walk_chain(NODE(2), 10, &err), 6);
	assert_ok(err);
	ck_assert_uint_eq(walk_chain(NODE(2), 5, &err), 5);
	assert_err(err, ERR_LIMIT);
	fake_u64(NODE(5), 0);
	ck_assert_uint_eq(walk_chain(NODE(0), 10, &err), 6);
	assert_ok(err);
	/* A tail that bites the middle never comes back to the first. */
	for (unsigned into = 1; into < 6; into++) {
		fake_u64(NODE(5), NODE(into));
		ck_assert_uint_lt(walk_chain(NODE(0), 1000, &err), 24);
		assert_err(err, ERR_LOOP);
	}
	close_kernel();
}
END_TEST

UNIT_MAIN("walk", lists_end_at_their_head, broken_lists_end_too,
	  chains_end_in_null_or_at_their_first)
