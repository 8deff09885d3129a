/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a crash's registers to the word that is wrong; lists that are whole, loop or lead nowhere. */
#include "unit.h"

#include "fake_owner.h"

#define NODES 6
#define NODE(i) (FAKE_BASE + 0x4000 + 0x200 * (uint64_t)(i)) /* NODE(0) is the head */
#define LEAF(i) (FAKE_BASE + 0x6000 + 0x200 * (uint64_t)(i))
#define ROOT (FAKE_BASE + 0x3000)
#define STRAY_BIT 15
#define DATA 0x4141414141414141ull

static struct regs *regs;

static void set_up(enum reg reg, uint64_t value)
{
	fake_open(NULL);
	fake_bounded = true;
	fake_analysis_start();
	crash.exception = crash.fault = true;
	crash.address = DATA + 0x18;
	regs = &crash.regs;
	regs->value[reg] = value;
	regs->known = 1u << reg;
	for (unsigned i = 0; i < NODES; i++) {
		fake_u64(NODE(i), NODE((i + 1) % NODES));
		fake_u64(NODE(i) + 8, NODE((i + NODES - 1) % NODES));
	}
	for (unsigned i = 1; i <= 7; i++) {
		fake_u64(LEAF(i), i > 1 ? LEAF(i / 2) : 0);
		fake_u64(LEAF(i) + 8, 2 * i + 1 <= 7 ? LEAF(2 * i + 1) : 0);
		fake_u64(LEAF(i) + 16, 2 * i <= 7 ? LEAF(2 * i) : 0);
	}
	fake_u64(ROOT, LEAF(1));
}

/* The word leads to live memory, which leads to where it faulted. */
static void flip(uint64_t at, uint64_t good)
{
	uint64_t stray = good ^ 1ull << STRAY_BIT;

	fake_u64(at, stray);
	fake_u64(stray, DATA);
	fake_u64(stray + 8, DATA);
	fake_u64(stray + 16, DATA);
}

static void expect(uint64_t at, const char *words)
{
	assert_ok(list_analyzer.run(&analysis));
	const struct finding *said = fake_finding(FINDING_LIST);
	ck_assert(!said == !words);
	if (said) {
		ck_assert_uint_eq(analysis.memory.list->at, at);
		ck_assert_msg(strstr(said->headline, words), "%s", said->headline);
		ck_assert(analysis.memory.list->confidence > 0.9);
		ck_assert_uint_eq(analysis.memory.hypothesis_count, 1);
	}
	fake_analysis_end();
	fake_close();
}

START_TEST(a_bit_of_a_list)
{
	set_up(REG_RBX, NODE(0));
	flip(NODE(2), NODE(3));
	expect(NODE(2), "bit 15 flipped in next of the list node at");
	set_up(REG_RDI, NODE(3) ^ 1ull << STRAY_BIT); /* by the node it leads to alone */
	flip(NODE(2), NODE(3));
	expect(NODE(2), "bit 15 flipped in next of the list node at");
}
END_TEST

START_TEST(a_bit_of_a_tree)
{
	set_up(REG_RDI, ROOT);
	flip(LEAF(2) + 16, LEAF(4));
	expect(LEAF(2) + 16, "bit 15 flipped in rb_left of the tree node at");
	set_up(REG_RAX, LEAF(7));
	flip(LEAF(1) + 8, LEAF(3));
	expect(LEAF(1) + 8, "the node that says it is its child is");
}
END_TEST

/* The walk went astray to where NULL stands for the next node, and NULL + 0x10 faulted. */
static void lead_to_null(void)
{
	set_up(REG_RDI, NODE(0));
	flip(NODE(2), NODE(3));
	fake_u64(NODE(3) ^ 1ull << STRAY_BIT, 0);
	crash.address = 0x10;
}

static double sureness(void)
{
	assert_ok(list_analyzer.run(&analysis));
	double confidence = analysis.memory.list->confidence;
	fake_analysis_end();
	fake_close();
	return confidence;
}

START_TEST(any_walk_ends_in_null)
{
	struct bad_value *bad = &analysis.memory.bad;

	lead_to_null();
	ck_assert(sureness() <= 0.5);
	lead_to_null(); /* it was read from there */
	bad->found = true;
	bad->address = NODE(3) ^ 1ull << STRAY_BIT;
	ck_assert(sureness() > 0.9);
	lead_to_null(); /* from somewhere else */
	bad->found = true;
	bad->address = LEAF(1);
	ck_assert(sureness() <= 0.5);
	lead_to_null(); /* by the function's own walk along next */
	bad->chases = true;
	ck_assert(sureness() > 0.9);
	lead_to_null(); /* along another member */
	bad->chases = true;
	bad->chased = 24;
	ck_assert(sureness() <= 0.5);
}
END_TEST

/* A check of lists stopped the machine: the list that is broken has to be the one that it was given. */
START_TEST(the_list_that_was_checked)
{
	struct blamed blamed = {.what = "list_node", .address = NODE(2)};

	for (int checked = 1; checked >= 0; checked--) {
		set_up(REG_RBX, NODE(0));
		flip(NODE(2), NODE(3));
		crash.fault = false;
		snprintf(crash.message, sizeof(crash.message),
			 "kernel BUG at lib/list_debug.c:53!");
		blamed.address = checked ? NODE(2) : LEAF(3);
		analysis.memory.blamed = &blamed;
		assert_ok(list_analyzer.run(&analysis));
		ck_assert((analysis.memory.list->confidence > 0.9) == checked);
		analysis.memory.blamed = NULL;
		fake_analysis_end();
		fake_close();
	}
}
END_TEST

START_TEST(nothing_is_broken)
{
	set_up(REG_RBX, NODE(0));
	expect(0, NULL);
	set_up(REG_RBX, LEAF(1));
	expect(0, NULL);
	set_up(REG_RBX, DATA);
	expect(0, NULL);
	set_up(REG_RBX, UINT64_MAX);
	expect(0, NULL);
	set_up(REG_RBX, NODE(0)); /* nobody crashed */
	flip(NODE(2), NODE(3));
	crash.exception = false;
	expect(0, NULL);
	set_up(REG_RBX, NODE(1)); /* a ring that misses its head, but whose nodes agree */
	fake_u64(NODE(3), NODE(1));
	fake_u64(NODE(1) + 8, NODE(3));
	expect(0, NULL);
}
END_TEST

UNIT_MAIN("list", a_bit_of_a_list, a_bit_of_a_tree, any_walk_ends_in_null,
	  the_list_that_was_checked, nothing_is_broken)
