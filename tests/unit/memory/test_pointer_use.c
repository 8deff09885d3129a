/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers that a function goes by, and those that hold what others left there. */
#include "unit.h"

#include "fake_code.h"
#include "memory/pointer_use.h"

static void fault_at(const char *before, const char *after)
{
	uint64_t at = put_function(0, "use", before, after);

	crash.trace.count = 0;
	add_frame(at, 0);
	crash.exception = true;
	set(REG_RIP, at);
	set(REG_RDI, NODE);
}

START_TEST(what_memory_is_accessed_by_is_used)
{
	fault_at(LOAD, RAX_RDX);
	ck_assert(pointer_use_is(&crash, REG_RDI));
	ck_assert(pointer_use_is(&crash, REG_RAX));
	ck_assert(!pointer_use_is(&crash, REG_RBX));
	ck_assert(!pointer_use_is(&crash, REG_RIP));
	fault_at("48 8d 47 18 ", RAX_RDX); /* lea 0x18(%rdi),%rax touches nothing */
	ck_assert(!pointer_use_is(&crash, REG_RDI));
	ck_assert(pointer_use_is(&crash, REG_RAX));
}
END_TEST

START_TEST(another_value_was_used)
{
	fault_at(LOAD "48 89 f7 ", RAX_RDX); /* mov %rsi,%rdi */
	ck_assert(!pointer_use_is(&crash, REG_RDI));
	/* On one of two ways, "je +3" over it: which value is there cannot be told. */
	fault_at(LOAD "74 03 48 89 f7 ", RAX_RDX);
	ck_assert(!pointer_use_is(&crash, REG_RDI));
}
END_TEST

START_TEST(nothing_is_said_of_code_that_is_not_there)
{
	fault_at(LOAD, RAX_RDX);
	crash.exception = false;
	ck_assert(!pointer_use_is(&crash, REG_RDI));
	crash.exception = true;
	set(REG_RIP, FUNCTION(0) + 1);
	ck_assert(!pointer_use_is(&crash, REG_RDI));
	set(REG_RIP, UINT64_MAX);
	ck_assert(!pointer_use_is(&crash, REG_RDI));
}
END_TEST

int main(void)
{
	TCase *tc = tcase("pointer_use");

	tcase_add_test(tc, what_memory_is_accessed_by_is_used);
	tcase_add_test(tc, another_value_was_used);
	tcase_add_test(tc, nothing_is_said_of_code_that_is_not_there);
	return unit_run("pointer_use", tc);
}
