/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_code.h"
#include "kernel/dump/regs.h"
#include "memory/bad_call.h"

static struct bad_call call;

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address};
}

void owner_find_frame(struct kernel *of, struct owner *owner)
{
	(void)of;
	(void)owner;
}

/* The CPU could not fetch from target; RSP leads to the word that a call would have put there. */
static void fetch_from(uint64_t target, uint64_t word)
{
	fake_symbol("_stext", CODE);
	fake_symbol("_etext", FUNCTION(30));
	crash.exception = crash.fault = true;
	crash.kind = CRASH_PAGE_FAULT;
	crash.access = "execute";
	crash.address = target;
	set(REG_RIP, target);
	set(REG_RSP, STACK);
	add_frame(target, 0);
	fake_u64(STACK, word);
}

START_TEST(a_call_through_a_pointer)
{
	uint64_t at = put_function(1, "submit", "48 8b 07", "ff d0 c3"); /* call *%rax */

	fetch_from(0, at + 2);
	add_frame(at + 2, STACK);
	ck_assert(bad_call_find(&crash, &call));
	ck_assert(!call.returned);
	ck_assert_str_eq(call.place, "submit+0x5");
}
END_TEST

/* The function called by name jumped on through a pointer, and left the stack. */
START_TEST(a_jump_as_the_last_act)
{
	uint64_t at = put_function(1, "caller", "53", "e8 fa 00 00 00 c3"); /* call jumper */

	put_function(2, "jumper", "48 8b 07", "ff e0"); /* jmp *%rax */
	fetch_from(NODE, at + 5);
	add_frame(at + 5, STACK);
	ck_assert(bad_call_find(&crash, &call));
	ck_assert(!call.returned);
	ck_assert_str_eq(call.place, "jumper");
}
END_TEST

/* RSP is in the frame of whoever called the function that returned. */
START_TEST(a_return_to_nowhere)
{
	uint64_t at = put_function(1, "outer", "53", "e8 fa 00 00 00 c3"); /* call middle */

	put_function(2, "middle", "53", "e8 fa 00 00 00 5b c3"); /* call victim */
	put_function(3, "victim", "90", "c3");
	fetch_from(0x4141414141414141, 1);
	add_frame(at + 5, STACK + 8);
	ck_assert(bad_call_find(&crash, &call));
	ck_assert(call.returned);
	ck_assert_str_eq(call.place, "middle");
	ck_assert_str_eq(call.callee, "victim");
}
END_TEST

START_TEST(into_the_midst_of_a_function)
{
	uint64_t at = put_function(1, "submit", "48 8b 47 18 ", "ff d0 c3");
	uint64_t inside = put_function(2, "innocent", "48 b8 90 90 90 90", "0f 0b 90 90 c3");

	fetch_from(inside, at + 2);
	crash.fault = false;
	crash.access = NULL;
	crash.kind = CRASH_INVALID_OPCODE;
	add_frame(at + 2, STACK);
	set(REG_RDI, NODE);
	fake_u64(NODE + 0x18, inside);
	set(REG_RAX, 0); /* the function has used it */
	/* RDI is lost as well: calls do not keep it */
	ck_assert(!bad_call_find(&crash, &call));

	put_bytes(FUNCTION(1), "48 8b 43 18 "); /* mov 0x18(%rbx),%rax */
	set(REG_RBX, NODE);
	ck_assert(bad_call_find(&crash, &call));
	ck_assert(call.inside && !call.returned);
	ck_assert_uint_eq(call.target, inside);
	ck_assert_str_eq(call.place, "submit+0x6");
	ck_assert_str_eq(call.function, "innocent+0x6");
	/* the start of the function is where calls go */
	fake_u64(NODE + 0x18, FUNCTION(2));
	ck_assert(!bad_call_find(&crash, &call));
	fake_u64(NODE + 0x18, FUNCTION(2) + 4);
	ck_assert(!bad_call_find(&crash, &call));
}
END_TEST

START_TEST(other_crashes)
{
	fetch_from(NODE, 0);
	crash.access = "read";
	ck_assert(!bad_call_find(&crash, &call));
	crash.access = "execute";
	crash.exception = false;
	ck_assert(!bad_call_find(&crash, &call));
	crash.exception = true;
	/* nothing is on the stack, and no caller is known */
	ck_assert(bad_call_find(&crash, &call));
	ck_assert_str_eq(call.place, "");
	ck_assert(call.returned);
}
END_TEST

int main(void)
{
	TCase *tc = tcase("bad_call");

	tcase_add_test(tc, a_call_through_a_pointer);
	tcase_add_test(tc, a_jump_as_the_last_act);
	tcase_add_test(tc, a_return_to_nowhere);
	tcase_add_test(tc, into_the_midst_of_a_function);
	tcase_add_test(tc, other_crashes);
	return unit_run("bad_call", tc);
}
