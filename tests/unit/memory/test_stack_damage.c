/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_code.h"
#include "memory/helper_argument.h"
#include "memory/stack_damage.h"

#define CANARY 0x1122334455667700ull
#define LOCALS (STACK - 0x50) /* of smash(), whose return address is at STACK */

static struct stack_damage damage;

/* smash() has 0x50 bytes of locals, the canary last, and gives them to fill(). */
static void smash(void)
{
	uint64_t fail;

	put_function(1, "smash",
		     "48 83 ec 50 "		   /* sub $0x50,%rsp */
		     "65 48 8b 04 25 28 00 00 00 " /* mov %gs:0x28,%rax */
		     "48 89 44 24 48 "		   /* mov %rax,0x48(%rsp) */
		     "48 8d 7c 24 08 "		   /* lea 0x8(%rsp),%rdi */
		     "e8 e4 00 00 00 ",		   /* call fill, from +0x17 */
		     "e8 df 01 00 00 90");	   /* call __stack_chk_fail, from +0x1c */
	put_function(2, "fill", "90", "c3");
	fail = put_function(3, "__stack_chk_fail", "90", "90 90");
	add_frame(fail, 0);
	add_frame(FUNCTION(1) + 0x21, LOCALS - 8);
	fake_u64(LOCALS + 0x48, CANARY);
}

START_TEST(a_text_from_its_buffer_on)
{
	static const char text[] =
		"the quick brown fox jumps over the lazy dog and the quick brown";

	smash();
	fake_put(LOCALS + 0x10, text, 0x40);
	ck_assert(stack_damage_find(&crash, &damage));
	ck_assert_str_eq(damage.function, "smash");
	ck_assert_uint_eq(damage.canary_at, LOCALS + 0x48);
	ck_assert(!damage.known); /* the task's canary */
	ck_assert_uint_eq(damage.from, LOCALS + 0x10);
	ck_assert_uint_ge(damage.to, LOCALS + 0x48 + 8);
	ck_assert_uint_eq(damage.buffer, LOCALS + 8);
	ck_assert_str_eq(damage.given_to, "fill");
}
END_TEST

START_TEST(one_word)
{
	smash();
	fake_u64(LOCALS + 0x48, 7);
	ck_assert(stack_damage_find(&crash, &damage));
	ck_assert_uint_eq(damage.from, LOCALS + 0x48);
	ck_assert_uint_eq(damage.to, LOCALS + 0x50);
}
END_TEST

START_TEST(other_crashes)
{
	smash();
	ck_assert(stack_damage_find(&crash, &damage));
	fake_u64(LOCALS + 0x48, 7);
	put_bytes(FUNCTION(1) + 4, "48 31 c0 90 90 90 90 90 90"); /* no canary is read */
	ck_assert(!stack_damage_find(&crash, &damage));
	fake_symbol("other", FUNCTION(3) + 1);
	ck_assert(!stack_damage_find(&crash, &damage));
	crash.trace.count = 0;
	ck_assert(!stack_damage_find(&crash, &damage));
}
END_TEST

/* What a check was given, by the register its caller kept it in. */
START_TEST(arguments_of_a_check)
{
	static const char *const names[] = {"check"};
	uint64_t call = put_function(1, "owner", "48 8d 7b 10 31 f6", "e8 f5 00 00 00 c3");
	struct helper_call helper;

	/* lea 0x10(%rbx),%rdi; xor %esi,%esi; call check_it */
	uint64_t at = put_function(2, "check_it", "31 ff", "0f 0b"); /* RDI is lost there */
	add_frame(at, 0);
	add_frame(call + 5, STACK);
	add_frame(FUNCTION(20), STACK + 0x10);
	set(REG_RBX, NODE);
	ck_assert(helper_argument_find(&crash, names, 1, &helper));
	ck_assert_str_eq(helper.function, "check_it");
	ck_assert(helper.known[0] && helper.known[1] && !helper.known[2]);
	ck_assert_uint_eq(helper.value[0], NODE + 0x10);
	ck_assert_uint_eq(helper.value[1], 0);
	ck_assert(!helper_argument_find(&crash, (const char *const[]){"owner_of"}, 1, &helper));
	crash.trace.count = 1; /* no caller */
	ck_assert(!helper_argument_find(&crash, names, 1, &helper));
}
END_TEST

int main(void)
{
	TCase *tc = tcase("stack_damage");

	tcase_add_test(tc, a_text_from_its_buffer_on);
	tcase_add_test(tc, one_word);
	tcase_add_test(tc, other_crashes);
	tcase_add_test(tc, arguments_of_a_check);
	return unit_run("stack_damage", tc);
}
