/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_code.h"
#include "kernel/dump/regs.h"
#include "kernel/unwind/frame.h"

/*
 * --- the stack
 * ------------------------------------------------------------------------------------
 */

static void call_between(const char *before, const char *after)
{
	fake_symbol("called", FUNCTION(5));
	fault_in("keeps", before, after);
	/* What the call does not keep is not known; the argument is: it is in RBX too. */
	set(REG_RDI, 0);
	set(REG_RBX, NODE);
	fake_u64(STACK - 0x10, BAD);
	fake_u64(STACK - 8, BAD);
}

START_TEST(spilled_below_the_stack_pointer)
{
	call_between("48 83 ec 18 "    /* sub $0x18,%rsp */
		     "48 89 fb "       /* mov %rdi,%rbx */
		     "48 8b 47 18 "    /* mov 0x18(%rdi),%rax */
		     "48 89 44 24 08 " /* mov %rax,0x8(%rsp) */
		     "e8 eb 04 00 00 " /* call called */
		     "48 8b 54 24 08" /* mov 0x8(%rsp),%rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("taken back from the stack at 0xffff888000005ff0", "proven");
	assert_said("mov %rax,0x8(%rsp): put there", "proven");
}
END_TEST

START_TEST(spilled_below_the_frame_pointer)
{
	call_between("55 "	       /* push %rbp */
		     "48 89 e5 "       /* mov %rsp,%rbp */
		     "48 83 ec 10 "    /* sub $0x10,%rsp */
		     "48 89 fb "       /* mov %rdi,%rbx */
		     "48 8b 47 18 "    /* mov 0x18(%rdi),%rax */
		     "48 89 45 f8 "    /* mov %rax,-0x8(%rbp) */
		     "e8 e8 04 00 00 " /* call called */
		     "48 8b 55 f8" /* mov -0x8(%rbp),%rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

START_TEST(pushed_and_popped)
{
	call_between("48 89 fb "       /* mov %rdi,%rbx */
		     "48 8b 47 18 "    /* mov 0x18(%rdi),%rax */
		     "50 "	       /* push %rax */
		     "e8 f3 04 00 00 " /* call called */
		     "5a" /* pop %rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("push %rax: put there", "proven");
}
END_TEST

START_TEST(a_local_variable_filled_by_a_pointer_to_it)
{
	call_between("48 83 ec 18 "    /* sub $0x18,%rsp */
		     "48 8d 7c 24 08 " /* lea 0x8(%rsp),%rdi */
		     "e8 f2 04 00 00 " /* call called */
		     "48 8b 54 24 08" /* mov 0x8(%rsp),%rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(STACK - 0x10, BAD);
	assert_said("whoever got a pointer to it did", "inferred");
}
END_TEST

START_TEST(an_argument_on_the_stack)
{
	fault_in("deep", "48 8b 44 24 08" /* mov 0x8(%rsp),%rax */, RAX_RDX);
	fake_u64(STACK + 8, BAD);
	trace(REG_RAX, BAD);
	assert_said("as an argument on the stack", "proven");
}
END_TEST

/*
 * --- ways
 * -----------------------------------------------------------------------------------------
 */

#define TWO_WAYS                                                                                   \
	"48 85 f6 "    /* test %rsi,%rsi */                                                        \
	"74 06 "       /* je 1f */                                                                 \
	"48 8b 47 20 " /* mov 0x20(%rdi),%rax */                                                   \
	"eb 04 "       /* jmp 2f */                                                                \
	"48 8b 47 18"  /* 1: mov 0x18(%rdi),%rax; 2: */

START_TEST(of_two_ways_the_one_whose_memory_holds_the_value)
{
	fault_in("member", TWO_WAYS, RAX_RDX);
	fake_u64(NODE + 0x20, OTHER_BAD);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	ck_assert_str_eq(found.member, "peer");
	/* The value alone tells which path was taken: enough, as it is no common value. */
	assert_said("loaded from 0xffff888000004018, which still holds", "proven");
}
END_TEST

START_TEST(of_two_ways_with_the_same_value_neither)
{
	fault_in("member", TWO_WAYS, RAX_RDX);
	fake_u64(NODE + 0x18, 0);
	fake_u64(NODE + 0x20, 0);
	trace(REG_RAX, 0);
	ck_assert(!found.found);
	assert_said("several ways lead here", "inferred");
}
END_TEST

START_TEST(a_common_value_by_one_way_of_two_stays_inferred)
{
	fault_in("member", TWO_WAYS, RAX_RDX);
	fake_u64(NODE + 0x18, 0);
	fake_u64(NODE + 0x20, OTHER_BAD);
	trace(REG_RAX, 0);
	assert_said("loaded from 0xffff888000004018, which still holds", "inferred");
}
END_TEST

START_TEST(behind_a_jump_to_where_is_unknown)
{
	fault_in("table",
		 "ff e6 " /* jmp *%rsi */
		 "90" /* nop */,
		 RAX_RDX);
	trace(REG_RAX, BAD);
	assert_said("how the code came here is not known", "inferred");
}
END_TEST

START_TEST(one_of_two_chosen_by_a_condition)
{
	fault_in("chosen",
		 "48 8b 47 18 " /* mov 0x18(%rdi),%rax */
		 "48 85 f6 "	/* test %rsi,%rsi */
		 "48 0f 44 47 20" /* cmove 0x20(%rdi),%rax */,
		 RAX_RDX);
	fake_u64(NODE + 0x20, BAD + 0x1000);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

#define LIST_LOOP                                                                                  \
	"48 8b 07 " /* mov (%rdi),%rax */                                                          \
	"31 d2 "    /* xor %edx,%edx */                                                            \
	"48 39 f8 " /* 1: cmp %rdi,%rax */                                                         \
	"74 09 "    /* je 2f */

#define LIST_LOOP_END                                                                              \
	"48 03 50 10 " /* add 0x10(%rax),%rdx: the fault */                                        \
	"48 8b 00 "    /* mov (%rax),%rax */                                                       \
	"eb f2 "       /* jmp 1b */                                                                \
	"c3"	       /* 2: ret */

START_TEST(a_list_is_walked_again)
{
	fault_in("walk", LIST_LOOP, LIST_LOOP_END);
	for (uint64_t i = 0; i < 5; i++)
		fake_u64(NODE + 0x40 * i, NODE + 0x40 * (i + 1));
	fake_u64(NODE + 0x40 * 5, BAD);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x40 * 5, BAD);
	assert_said("round 5 loads it from 0xffff888000004140", "proven");
}
END_TEST

START_TEST(a_list_that_never_meets_the_value_ends)
{
	fault_in("walk", LIST_LOOP, LIST_LOOP_END);
	fake_u64(NODE, NODE + 0x40);
	fake_u64(NODE + 0x40, NODE + 0x80);
	fake_u64(NODE + 0x80, NODE + 0x40);
	unsigned reads = fake.reads;
	trace(REG_RAX, BAD);
	ck_assert(!found.found || !found.held);
	ck_assert_uint_lt(fake.reads - reads, 200000);
}
END_TEST

/* list_for_each_entry: the pointer is to the node, the link inside of it. */
START_TEST(a_list_of_embedded_links)
{
	fault_in("walk",
		 "48 8b 07 " /* mov (%rdi),%rax */
		 "48 8d 58 f8" /* lea -0x8(%rax),%rbx */,
		 "48 8b 13 "	/* 1: mov (%rbx),%rdx: the fault */
		 "48 8b 43 08 " /* mov 0x8(%rbx),%rax */
		 "48 8d 58 f8 " /* lea -0x8(%rax),%rbx */
		 "48 8d 4b 08 " /* lea 0x8(%rbx),%rcx */
		 "48 39 cf "	/* cmp %rcx,%rdi */
		 "75 ec c3" /* jne 1b; ret */);
	fake_u64(NODE, NODE + 0x48);
	fake_u64(NODE + 0x48, NODE + 0x88);
	fake_u64(NODE + 0x88, BAD);
	set(REG_RAX, BAD);
	trace(REG_RBX, BAD - 8);
	assert_loaded(NODE + 0x88, BAD);
}
END_TEST

START_TEST(code_that_only_turns_in_a_circle)
{
	/* The load is reached from itself and from the caller alone. */
	fault_in("spin", "", "48 8b 00 eb fb" /* 1: mov (%rax),%rax; jmp 1b */);
	trace(REG_RAX, BAD);
	ck_assert(!found.found);
}
END_TEST

/*
 * --- from function to function
 * ---------------------------------------------------------------------
 */

START_TEST(returned_and_clobbered)
{
	fake_symbol("maker", FUNCTION(5));
	fault_in("returned", "e8 fb 04 00 00" /* call maker */, RAX_RDX);
	set(REG_RDI, 0);
	trace(REG_RAX, BAD);
	assert_said("returned by maker()", "inferred");
	bad_value_deinit(&found);
	trace(REG_RCX, BAD);
	assert_said("the call does not keep rcx", "inferred");
}
END_TEST

/* The call's function has jumped on to the one that faulted: its frame is gone. */
START_TEST(a_tail_call)
{
	uint64_t fault = put_function(0, "member", "", "48 8b 47 18");

	put_function(1, "tail",
		     "48 bf bc 9a 78 56 34 12 00 00 " /* movabs $0x123456789abc,%rdi */
		     "e9 f1 fe ff ff" /* jmp member */,
		     "");
	uint64_t call = put_function(2, "outer", "", "e8 fb fe ff ff c3" /* call tail; ret */);
	add_frame(fault, 0);
	add_frame(call + 5, STACK);
	add_frame(FUNCTION(20), STACK + 8);
	trace(REG_RDI, 0x123456789abc);
	assert_said("tail() had jumped there, and left the stack", "proven");
	assert_said("a constant of the code", "proven");
}
END_TEST

START_TEST(a_caller_whose_call_leads_elsewhere)
{
	uint64_t fault = put_function(0, "member", "", "48 8b 47 18");
	uint64_t call = put_function(2, "outer", "", "e8 fb 0f 00 00 c3" /* call somewhere */);

	add_frame(fault, 0);
	add_frame(call + 5, STACK);
	add_frame(FUNCTION(20), STACK + 8);
	trace(REG_RDI, BAD);
	assert_said("its caller called another function", "inferred");
}
END_TEST

START_TEST(a_call_that_led_nowhere)
{
	uint64_t call = put_function(1, "by_pointer",
				     "53 " /* push %rbx */
				     "48 89 fb" /* mov %rdi,%rbx */,
				     "ff 53 18 5b c3" /* call *0x18(%rbx); pop; ret */);

	add_frame(BAD, 0);
	add_frame(call + 3, STACK);
	add_frame(FUNCTION(20), STACK + 0x10);
	set(REG_RBX, NODE);
	trace(REG_RIP, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("call *0x18(%rbx): called it", "proven");
}
END_TEST

START_TEST(a_retpoline_that_led_nowhere)
{
	put_function(3, "__x86_indirect_thunk_rax", "",
		     "e8 01 00 00 00 cc " /* call 1f; int3 */
		     "48 89 04 24 c3" /* 1: mov %rax,(%rsp); ret */);
	uint64_t call = put_function(1, "by_register", "48 8b 47 18" /* mov 0x18(%rdi),%rax */,
				     "e8 f7 01 00 00 c3" /* call __x86_indirect_thunk_rax */);

	add_frame(BAD, 0);
	add_frame(call + 5, STACK);
	set(REG_RDI, NODE);
	set(REG_RAX, BAD);
	trace(REG_RIP, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

#define CLEARED                                                                                    \
	"48 85 d2 74 0e "	  /* test %rdx,%rdx; je 1f */                                      \
	"48 c7 47 08 00 00 00 00" /* 2: movq $0,0x8(%rdi) */
#define CALLED                                                                                     \
	"e8 ea 01 00 00 c3 "	   /* call __x86_indirect_thunk_rdx; ret */                        \
	"48 89 fb e8 e1 00 00 00 " /* 1: mov %rdi,%rbx; call */                                    \
	"48 89 df eb e5"	   /* mov %rbx,%rdi; jmp 2b */

/* As RCU does: the pointer is cleared before it is called, and one of two ways there calls somebody else first. */
static void call_what_is_cleared(const char *load, const char *call)
{
	put_function(3, "__x86_indirect_thunk_rdx", "",
		     "e8 01 00 00 00 cc " /* call 1f; int3 */
		     "48 89 14 24 c3" /* 1: mov %rdx,(%rsp); ret */);
	add_frame(BAD, 0);
	add_frame(put_function(1, "by_register", load, call) + 5, STACK);
	set(REG_RDI, NODE);
	set(REG_RDX, BAD);
	fake_u64(NODE + 8, 0);
	trace(REG_RIP, BAD);
}

START_TEST(cleared_before_it_was_called)
{
	call_what_is_cleared("48 8b 57 08 " /* mov 0x8(%rdi),%rdx */ CLEARED, CALLED);
	ck_assert(found.found && !found.held && found.overwritten);
	ck_assert_uint_eq(found.address, NODE + 8);
	assert_said("the code has written there since", "inferred");
}
END_TEST

START_TEST(not_cleared_by_the_code)
{
	call_what_is_cleared("48 8b 57 08 " /* mov 0x8(%rdi),%rdx */, "e8 f7 01 00 00 c3");
	ck_assert(found.found && !found.held && !found.overwritten);
}
END_TEST

START_TEST(through_the_cold_part)
{
	put_function(1, "hot.cold", "",
		     "48 8b 46 18 " /* mov 0x18(%rsi),%rax */
		     "e9 00 ff ff ff" /* jmp 2b */);
	fault_in("hot",
		 "48 85 ff " /* test %rdi,%rdi */
		 "0f 84 f7 00 00 00" /* je hot.cold */,
		 "48 8b 10 c3" /* 2: mov (%rax),%rdx; ret */);
	set(REG_RSI, NODE);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("hot.cold+0x0: mov 0x18(%rsi),%rax", "proven");
}
END_TEST

START_TEST(frames_that_are_no_calls_end_it)
{
	fault_in("member", "", "48 8b 47 18");
	frames[1].kind = FRAME_ENTRY;
	trace(REG_RDI, BAD);
	assert_said("entered by an interrupt or exception", "inferred");
	bad_value_deinit(&found);
	frames[1].kind = FRAME_CALL;
	frames[1].source = FOUND_SCAN;
	trace(REG_RDI, BAD);
	assert_said("its caller is not known for certain", "inferred");
}
END_TEST

/*
 * --- what a damaged dump may hold
 * --------------------------------------------------------------------
 */

START_TEST(code_that_cannot_be_read)
{
	fake_symbol("far", FAKE_BASE + 0x10000000);
	add_frame(FAKE_BASE + 0x10000010, 0);
	trace(REG_RAX, BAD);
	assert_said("cannot be read", "inferred");
	ck_assert(!found.found);
}
END_TEST

/* Zeroes, as of a page that was cleared or left out, decode as sums into memory. */
START_TEST(code_that_is_all_zeroes)
{
	fault_in("cleared", "00 00 00 00 00 00 00 00", RAX_RDX);
	trace(REG_RAX, BAD);
	assert_said("how the code came here is not known", "inferred");
	bad_value_deinit(&found);
	trace(REG_RDI, BAD);
	ck_assert(!said("got it as argument 1", "proven"));
}
END_TEST

/* The end of the function is not known, but no path leads there. */
START_TEST(code_whose_end_is_not_known)
{
	uint64_t fault = put_function(0, "short", "48 8b 47 18", "48 8b 10 c3");

	fake.symbol_count = 1; /* without the next symbol, it has no size */
	add_frame(fault, 0);
	set(REG_RDI, NODE);
	fake_u64(NODE + 0x18, 0);
	trace(REG_RAX, 0);
	assert_said("loaded from 0xffff888000004018", "proven");
	bad_value_deinit(&found);
	put_bytes(fault, "48 8b 10 0f 84 00 00 01 00 c3"); /* je far beyond; ret */
	crash.trace.count = 0;
	add_frame(fault, 0);
	fake_symbol("far", FUNCTION(0) + 0x20000);
	trace(REG_RAX, 0);
	assert_said("loaded from 0xffff888000004018", "inferred");
}
END_TEST

START_TEST(a_fault_between_two_instructions)
{
	add_frame(put_function(0, "member", "48 8b 47 18", "48 8b 50 08") + 1, 0);
	trace(REG_RAX, BAD);
	assert_said("the chain ends", "inferred");
}
END_TEST

/* Callers without end, each passing on what it got. */
START_TEST(very_many_callers)
{
	uint64_t call = put_function(1, "again", "", "e8 fb ff ff ff c3" /* call itself */);

	add_frame(FUNCTION(1), 0);
	for (unsigned i = 1; i < ARRAY_SIZE(frames); i++)
		add_frame(call + 5, STACK + 8 * i);
	set(REG_RDI, BAD);
	trace(REG_RDI, BAD);
	ck_assert_uint_le(found.step_count, 2 * PROVENANCE_STEPS);
}
END_TEST

/* 16 KiB of code in which each instruction may be reached from every other. */
START_TEST(very_much_code)
{
	static uint8_t code[0x8000];

	for (size_t i = 0; i + 6 <= sizeof(code); i += 6) {
		/* je 0x10 back; mov (%rax),%rax; nop */
		static const uint8_t step[] = {0x74, 0xee, 0x48, 0x8b, 0x00, 0x90};

		memcpy(code + i, step, sizeof(step));
	}
	fake_symbol("huge", FUNCTION(0));
	fake_put(FUNCTION(0), code, sizeof(code));
	add_frame(FUNCTION(0) + 6 * 2000, 0);
	trace(REG_RAX, BAD);
	ck_assert(!found.found || !found.held);
	ck_assert_uint_lt(fake.reads, 500000);
}
END_TEST

static void add_stack(Suite *s)
{
	TCase *tc = tcase("stack");

	tcase_add_test(tc, spilled_below_the_stack_pointer);
	tcase_add_test(tc, spilled_below_the_frame_pointer);
	tcase_add_test(tc, pushed_and_popped);
	tcase_add_test(tc, a_local_variable_filled_by_a_pointer_to_it);
	tcase_add_test(tc, an_argument_on_the_stack);
	suite_add_tcase(s, tc);
}

static void add_ways(Suite *s)
{
	TCase *tc = tcase("ways");

	tcase_add_test(tc, of_two_ways_the_one_whose_memory_holds_the_value);
	tcase_add_test(tc, of_two_ways_with_the_same_value_neither);
	tcase_add_test(tc, a_common_value_by_one_way_of_two_stays_inferred);
	tcase_add_test(tc, behind_a_jump_to_where_is_unknown);
	tcase_add_test(tc, one_of_two_chosen_by_a_condition);
	tcase_add_test(tc, a_list_is_walked_again);
	tcase_add_test(tc, a_list_that_never_meets_the_value_ends);
	tcase_add_test(tc, a_list_of_embedded_links);
	tcase_add_test(tc, code_that_only_turns_in_a_circle);
	suite_add_tcase(s, tc);
}

static void add_calls(Suite *s)
{
	TCase *tc = tcase("calls");

	tcase_add_test(tc, returned_and_clobbered);
	tcase_add_test(tc, a_tail_call);
	tcase_add_test(tc, a_caller_whose_call_leads_elsewhere);
	tcase_add_test(tc, a_call_that_led_nowhere);
	tcase_add_test(tc, a_retpoline_that_led_nowhere);
	tcase_add_test(tc, cleared_before_it_was_called);
	tcase_add_test(tc, not_cleared_by_the_code);
	tcase_add_test(tc, through_the_cold_part);
	tcase_add_test(tc, frames_that_are_no_calls_end_it);
	tcase_add_test(tc, code_that_cannot_be_read);
	tcase_add_test(tc, code_that_is_all_zeroes);
	tcase_add_test(tc, code_whose_end_is_not_known);
	tcase_add_test(tc, a_fault_between_two_instructions);
	tcase_add_test(tc, very_many_callers);
	tcase_add_test(tc, very_much_code);
	suite_add_tcase(s, tc);
}

int main(void)
{
	Suite *s = suite_create("provenance_ways");

	add_stack(s);
	add_ways(s);
	add_calls(s);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
