/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "memory/log_neighbour.h"

static struct regs regs_with(enum reg reg, uint64_t value)
{
	struct regs regs = {0};

	regs_set(&regs, reg, value);
	return regs;
}

START_TEST(an_object_in_another_register_is_met)
{
	struct regs regs = regs_with(REG_RBX, 0xffff888103ad2c00);
	struct hypothesis flip;

	ck_assert(log_neighbour_find(&regs, 0xffff8c8103ad2e80, &flip));
	ck_assert_uint_eq(flip.bits[0], 42);
	ck_assert_uint_eq(flip.restored, 0xffff888103ad2e80);
	ck_assert_double_gt(flip.confidence, 0.5);
}
END_TEST

START_TEST(poison_is_met)
{
	struct regs regs = {0};
	struct hypothesis flip;

	ck_assert(log_neighbour_find(&regs, 0xdead000000000100 ^ 1ull << 33, &flip));
	ck_assert_uint_eq(flip.restored, 0xdead000000000100);
	ck_assert(log_neighbour_find(&regs, 0x6b6b6b6b6b6b6b6b ^ 1ull << 40, &flip));
	ck_assert_uint_eq(flip.restored, 0x6b6b6b6b6b6b6b6b);
}
END_TEST

/* Members of poison, neighbours in a buffer, good pointers and small numbers are no flips. */
START_TEST(what_has_a_reason_is_none)
{
	struct regs regs = regs_with(REG_RDI, 0xffffb0c3c1a84000);
	struct hypothesis flip;

	ck_assert(!log_neighbour_find(&regs, 0xffffb0c3c1a85000, &flip));
	ck_assert(!log_neighbour_find(&regs, 0xdead000000000108, &flip));
	ck_assert(!log_neighbour_find(&regs, 0xdead000000000100, &flip));
	ck_assert(!log_neighbour_find(&regs, 0x18, &flip));
	ck_assert(!log_neighbour_find(&regs, 0xffffb0c3c1a84000, &flip));
}
END_TEST

/* Only some 2 of 10,000 values lead to a confident answer by chance, whatever the registers hold. */
START_TEST(chance_leads_to_little)
{
	struct regs regs = regs_with(REG_RDI, 0xffff888103ad2c00);
	uint64_t value = 88172645463325252ull;
	struct hypothesis flip;
	unsigned sure = 0;

	for (unsigned i = 0; i < 100000; i++) {
		value ^= value << 13;
		value ^= value >> 7;
		value ^= value << 17;
		sure += log_neighbour_find(&regs, value, &flip) && flip.confidence > 0.5;
	}
	ck_assert_uint_le(sure, 20);
}
END_TEST

UNIT_MAIN("log_neighbour", an_object_in_another_register_is_met, poison_is_met,
	  what_has_a_reason_is_none, chance_leads_to_little)
