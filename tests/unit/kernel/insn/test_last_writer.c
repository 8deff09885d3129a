/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "kernel/insn/last_writer.h"

START_TEST(the_last_one_counts)
{
	struct insn list[3] = {
		{.regs_written = 1u << REG_RAX}, {.regs_written = 1u << REG_RAX}, {0}};

	ck_assert_uint_eq(insn_last_writer(list, 2, REG_RAX), 1);
	ck_assert_uint_eq(insn_last_writer(list, 2, REG_RBX), SIZE_MAX);
	ck_assert_uint_eq(insn_last_writer(list, 0, REG_RAX), SIZE_MAX);
}
END_TEST

START_TEST(a_call_writes_what_callees_may_change)
{
	struct insn list[2] = {{.is_call = true}, {0}};

	ck_assert_uint_eq(insn_last_writer(list, 1, REG_RAX), 0);
	ck_assert_uint_eq(insn_last_writer(list, 1, REG_R11), 0);
	ck_assert_uint_eq(insn_last_writer(list, 1, REG_RBX), SIZE_MAX);
	ck_assert_uint_eq(insn_last_writer(list, 1, REG_R15), SIZE_MAX);
}
END_TEST

START_TEST(nothing_is_known_behind_a_jump)
{
	struct insn list[3] = {{.regs_written = 1u << REG_RAX}, {.is_jump = true}, {0}};

	ck_assert_uint_eq(insn_last_writer(list, 2, REG_RAX), SIZE_MAX);
	list[1].is_conditional = true;
	ck_assert_uint_eq(insn_last_writer(list, 2, REG_RAX), 0);
}
END_TEST

UNIT_MAIN("last_writer", the_last_one_counts, a_call_writes_what_callees_may_change,
	  nothing_is_known_behind_a_jump)
