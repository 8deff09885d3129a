/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loops that wait for a word; that end, that count, that go along. */
#include "unit.h"

#include "fake_code.h"
#include "memory/busy_wait.h"

#define WORD (NODE + 0x40)

static struct busy_wait wait;

static void begin(const char *code)
{
	uint64_t at = put_function(0, "poll", "", code);

	add_frame(at, 0);
	crash.exception = true;
	set(REG_RIP, at);
	set(REG_RDI, WORD);
	set(REG_RSP, STACK);
}

static bool finds(void)
{
	bool waits;

	assert_ok(busy_wait_find(&crash, &wait, &waits));
	return waits;
}

/* do { eax = *rdi; pause; } while (eax & 1); */
START_TEST(a_word_that_nobody_changes)
{
	begin("8b 07 f3 90 a8 01 75 f8 c3");
	fake_u64(WORD, 3);
	ck_assert(finds());
	ck_assert_uint_eq(wait.at, WORD);
	ck_assert_uint_eq(wait.size, 4);
	ck_assert_uint_eq(wait.value, 3);
	ck_assert(wait.code >= FUNCTION(0) && wait.code < FUNCTION(1));
	fake_u64(WORD, 2); /* it ends */
	ck_assert(!finds());
}
END_TEST

/* do { push rax; visit(); pop rax } while (*rdi); stopped in visit() */
START_TEST(the_loop_is_the_callers)
{
	begin("50 e8 fa 00 00 00 58 83 3f 00 75 f4 c3");
	put_function(1, "visit", "", "f3 90 c3");
	set(REG_RAX, 7);
	fake_u64(WORD, 1);
	set(REG_RIP, FUNCTION(1));
	set(REG_RSP, STACK - 16);
	fake_u64(STACK - 16, FUNCTION(0) + 6);
	fake_u64(STACK - 8, 7);
	ck_assert(finds());
	ck_assert_uint_eq(wait.at, WORD);
	ck_assert(wait.code >= FUNCTION(0) && wait.code < FUNCTION(1));
}
END_TEST

START_TEST(other_loops_are_none)
{
	begin("8b 07 ff c1 a8 01 75 f8 c3"); /* counts in ecx, for a long time */
	fake_u64(WORD, 1);
	set(REG_RCX, 0);
	ck_assert(!finds());
	begin("8b 07 0b 47 08 a8 01 75 f7 c3"); /* two words */
	ck_assert(!finds());
	begin("f3 90 eb fc"); /* for nothing at all */
	ck_assert(!finds());
	begin("48 8b 3f 48 85 ff 75 f8 c3"); /* along a ring of two */
	fake_u64(WORD, NODE);
	fake_u64(NODE, WORD);
	ck_assert(!finds());
	begin("8b 04 24 a8 01 75 f9 c3"); /* its own stack */
	fake_u64(STACK, 1);
	ck_assert(!finds());
}
END_TEST

START_TEST(what_cannot_be_run_is_none)
{
	begin("8b 07 f3 90 a8 01 75 f8 c3");
	set(REG_RDI, 0x4141414141414141);
	ck_assert(!finds());
	set(REG_RIP, 0x10);
	ck_assert(!finds());
	crash.regs.known &= ~(1u << REG_RIP);
	ck_assert(!finds());
}
END_TEST

int main(void)
{
	TCase *tc = tcase("busy_wait");

	tcase_add_test(tc, a_word_that_nobody_changes);
	tcase_add_test(tc, the_loop_is_the_callers);
	tcase_add_test(tc, other_loops_are_none);
	tcase_add_test(tc, what_cannot_be_run_is_none);
	return unit_run("busy_wait", tc);
}
