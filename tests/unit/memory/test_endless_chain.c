/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks along chains that lead back into themselves, that end, and that are no chains. */
#include "unit.h"

#include "fake_code.h"
#include "memory/endless_chain.h"

/* for (; node; node = *node) rdx = node[2]; */
#define WALK "48 8b 00 48 85 c0 74 06 "
#define BODY "48 8b 50 10 eb f2 c3"
#define RING "48 8b 00 48 39 f8 74 06 " /* until it is at the head, in rdi */

#define LINK(i) (NODE + 0x10 * (uint64_t)(i))

static void walk(const char *loop, uint64_t node)
{
	uint64_t at = put_function(0, "find", loop, BODY);

	add_frame(at, 0);
	crash.exception = true;
	set(REG_RIP, at);
	set(REG_RAX, node);
}

static void chain(unsigned count, uint64_t last)
{
	for (unsigned i = 0; i + 1 < count; i++)
		fake_u64(LINK(i), LINK(i + 1));
	fake_u64(LINK(count - 1), last);
}

START_TEST(circles_are_found_from_anywhere)
{
	struct endless_chain chained;

	chain(1, LINK(0));
	walk(WALK, LINK(0));
	ck_assert(endless_chain_find(&crash, &chained));
	ck_assert_uint_eq(chained.node, LINK(0));
	ck_assert_uint_eq(chained.length, 1);
	chain(7, LINK(4));
	ck_assert(endless_chain_find(&crash, &chained));
	ck_assert_uint_eq(chained.node, LINK(4));
	ck_assert_uint_eq(chained.length, 3);
	chain(200, LINK(1));
	ck_assert(endless_chain_find(&crash, &chained));
	ck_assert_uint_eq(chained.node, LINK(1));
	ck_assert_uint_eq(chained.length, 199);
}
END_TEST

START_TEST(chains_that_end_are_none)
{
	struct endless_chain chained;

	chain(7, 0);
	walk(WALK, LINK(0));
	ck_assert(!endless_chain_find(&crash, &chained));
	chain(7, 0x4141414141414141);
	ck_assert(!endless_chain_find(&crash, &chained));
	chain(7, UINT64_MAX);
	ck_assert(!endless_chain_find(&crash, &chained));
	chain(7, LINK(2));
	set(REG_RAX, 0);
	ck_assert(!endless_chain_find(&crash, &chained));
	crash.regs.known &= ~(1u << REG_RAX);
	ck_assert(!endless_chain_find(&crash, &chained));
}
END_TEST

/* A ring ends where it began; and who is out of the loop goes round no more. */
START_TEST(other_loops_say_nothing)
{
	struct endless_chain chained;

	chain(3, LINK(0));
	walk(RING, LINK(0));
	ck_assert(!endless_chain_find(&crash, &chained));
	walk(WALK, LINK(0));
	ck_assert(endless_chain_find(&crash, &chained));
	set(REG_RIP, FUNCTION(0) + 14); /* at its return */
	ck_assert(!endless_chain_find(&crash, &chained));
	set(REG_RIP, FUNCTION(0) + 9); /* where no instruction begins */
	ck_assert(!endless_chain_find(&crash, &chained));
	set(REG_RIP, 0x10);
	ck_assert(!endless_chain_find(&crash, &chained));
}
END_TEST

int main(void)
{
	TCase *tc = tcase("endless_chain");

	tcase_add_test(tc, circles_are_found_from_anywhere);
	tcase_add_test(tc, chains_that_end_are_none);
	tcase_add_test(tc, other_loops_say_nothing);
	return unit_run("endless_chain", tc);
}
