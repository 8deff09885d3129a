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

static bool finds(struct endless_chain *chained)
{
	bool is_endless;

	assert_ok(endless_chain_find(&crash, chained, &is_endless));
	return is_endless;
}

static void assert_circle(uint64_t node, uint64_t length)
{
	struct endless_chain chained;

	ck_assert(finds(&chained));
	ck_assert_uint_eq(chained.node, node);
	ck_assert_uint_eq(chained.length, length);
}

START_TEST(circles_are_found_from_anywhere)
{
	chain(1, LINK(0));
	walk(WALK, LINK(0));
	assert_circle(LINK(0), 1);
	chain(7, LINK(4));
	assert_circle(LINK(4), 3);
	chain(200, LINK(1));
	assert_circle(LINK(1), 199);
}
END_TEST

/* Put code into a function, and begin at its start. */
static void begin(const char *code)
{
	uint64_t at = put_function(0, "find", "", code);

	add_frame(at, 0);
	crash.exception = true;
	set(REG_RIP, at);
}

/* while (*at) at = &(*at)->next; */
START_TEST(a_pointer_to_the_link_is_a_walk)
{
	begin("48 8b 07 48 85 c0 74 06 48 8d 78 08 eb f2 c3");
	fake_u64(OTHER, NODE);
	fake_u64(NODE + 0x08, NODE + 0x20);
	fake_u64(NODE + 0x28, NODE + 0x40);
	fake_u64(NODE + 0x48, NODE + 0x20);
	set(REG_RDI, OTHER);
	assert_circle(NODE + 0x28, 2);
}
END_TEST

/* while (at != -1) at = slots[at].next; */
START_TEST(numbers_lead_on_too)
{
	struct endless_chain chained;

	begin("89 f0 8b 74 c7 04 83 fe ff 75 f5 c3");
	fake_u64(NODE + 8 * 3, 5ull << 32);
	fake_u64(NODE + 8 * 5, 9ull << 32);
	fake_u64(NODE + 8 * 9, 3ull << 32);
	set(REG_RDI, NODE);
	set(REG_RSI, 3);
	assert_circle(NODE + 8 * 3 + 4, 3);
	fake_u64(NODE + 8 * 9, 0xffffffffull << 32);
	ck_assert(!finds(&chained));
}
END_TEST

/* do { node = *node; push; visit(); pop } while (node); a called function, and the stack between. */
START_TEST(calls_and_the_stack_are_followed)
{
	struct endless_chain chained;

	begin("48 8b 00 50 31 c0 e8 f5 00 00 00 58 48 85 c0 75 ef c3");
	put_function(1, "visit", "", "89 c1 c3");
	chain(5, LINK(1));
	set(REG_RAX, LINK(0));
	set(REG_RSP, STACK);
	fake_u64(STACK - 8, 0);
	fake_u64(STACK - 16, 0);
	assert_circle(LINK(1), 4);
	set(REG_RIP, FUNCTION(1)); /* stopped in what is called: the loop is its caller's */
	set(REG_RSP, STACK - 16);
	fake_u64(STACK - 16, FUNCTION(0) + 11);
	fake_u64(STACK - 8, LINK(0));
	ck_assert(finds(&chained));
	ck_assert(chained.loop >= FUNCTION(0) && chained.loop < FUNCTION(1));
}
END_TEST

/* An entry of one list is linked into another: its walk does not come back to its own head. */
START_TEST(a_list_that_runs_into_another_has_lost_its_head)
{
	struct endless_chain chained;

	begin("48 8b 00 48 39 f8 75 f8 c3");
	fake_symbol("other_list", OTHER);
	fake_u64(NODE + 0x80, LINK(0)); /* the head */
	chain(3, OTHER);
	fake_u64(OTHER, LINK(1));
	set(REG_RAX, OTHER);
	set(REG_RDI, NODE + 0x80);
	ck_assert(finds(&chained));
	ck_assert_uint_eq(chained.node, LINK(1));
	ck_assert_uint_eq(chained.head, NODE + 0x80);
	ck_assert_uint_eq(chained.other, OTHER);
	ck_assert_uint_eq(chained.length, 3);
}
END_TEST

/* Who waits for a word, or begins a walk anew that has come to its end, goes along no circle. */
START_TEST(waiting_is_none)
{
	struct endless_chain chained;

	begin("48 8b 07 8b 40 10 f3 90 85 c0 74 f4 c3");
	fake_u64(OTHER, NODE);
	fake_u64(NODE + 0x10, 0);
	set(REG_RDI, OTHER);
	ck_assert(!finds(&chained));
	begin("48 8b 47 40 48 85 c0 74 f7 48 8b 00 eb f6");
	fake_u64(OTHER + 0x40, LINK(0));
	chain(5, 0);
	ck_assert(!finds(&chained));
}
END_TEST

START_TEST(chains_that_end_are_none)
{
	struct endless_chain chained;

	chain(7, 0);
	walk(WALK, LINK(0));
	ck_assert(!finds(&chained));
	chain(7, 0x4141414141414141);
	ck_assert(!finds(&chained));
	chain(7, UINT64_MAX);
	ck_assert(!finds(&chained));
	chain(7, LINK(2));
	set(REG_RAX, 0);
	ck_assert(!finds(&chained));
	crash.regs.known &= ~(1u << REG_RAX);
	ck_assert(!finds(&chained));
}
END_TEST

/* A ring ends where it began; and who is out of the loop goes round no more. */
START_TEST(other_loops_say_nothing)
{
	struct endless_chain chained;

	chain(3, LINK(0));
	walk(RING, LINK(0));
	set(REG_RDI, LINK(0));
	ck_assert(!finds(&chained));
	walk(WALK, LINK(0));
	ck_assert(finds(&chained));
	set(REG_RIP, FUNCTION(0) + 14); /* at its return */
	ck_assert(!finds(&chained));
	set(REG_RIP, FUNCTION(0) + 9); /* where no instruction begins */
	ck_assert(!finds(&chained));
	set(REG_RIP, 0x10);
	ck_assert(!finds(&chained));
}
END_TEST

int main(void)
{
	TCase *tc = tcase("endless_chain");

	tcase_add_test(tc, circles_are_found_from_anywhere);
	tcase_add_test(tc, a_pointer_to_the_link_is_a_walk);
	tcase_add_test(tc, numbers_lead_on_too);
	tcase_add_test(tc, calls_and_the_stack_are_followed);
	tcase_add_test(tc, a_list_that_runs_into_another_has_lost_its_head);
	tcase_add_test(tc, waiting_is_none);
	tcase_add_test(tc, chains_that_end_are_none);
	tcase_add_test(tc, other_loops_say_nothing);
	return unit_run("endless_chain", tc);
}
