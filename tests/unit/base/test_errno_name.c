/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "base/errno_name.h"

START_TEST(errors_have_their_names)
{
	ck_assert_str_eq(errno_name(12), "ENOMEM");
	ck_assert_str_eq(errno_name(512), "ERESTARTSYS");
	ck_assert_str_eq(errno_name(517), "EPROBE_DEFER");
	ck_assert_str_eq(errno_name(531), "ENOGRACE");
}
END_TEST

START_TEST(other_numbers_have_none)
{
	ck_assert_ptr_null(errno_name(0));
	ck_assert_ptr_null(errno_name(511));
	ck_assert_ptr_null(errno_name(520)); /* between two of the kernel's */
	ck_assert_ptr_null(errno_name(532));
	ck_assert_ptr_null(errno_name(UINT64_MAX));
}
END_TEST

START_TEST(pointers_carry_errors)
{
	ck_assert_uint_eq(errno_of_pointer(0xfffffffffffffdfb), 517);
	ck_assert_uint_eq(errno_of_pointer(UINT64_MAX), 1);
	ck_assert_uint_eq(errno_of_pointer(0xfffffffffffff001), 4095);
	ck_assert_uint_eq(errno_of_pointer(0xfffffffffffff000), 0);
	ck_assert_uint_eq(errno_of_pointer(0), 0);
}
END_TEST

UNIT_MAIN("errno_name", errors_have_their_names, other_numbers_have_none, pointers_carry_errors)
