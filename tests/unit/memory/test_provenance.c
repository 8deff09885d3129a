/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_code.h"
#include "kernel/dump/regs.h"

/*
 * --- where a value was loaded ------------------------------------------------------------------
 */

START_TEST(member_of_the_argument)
{
	fault_in("member", "48 8b 47 18" /* mov 0x18(%rdi),%rax */,
		 "48 8b 50 08" /* mov 0x8(%rax),%rdx */);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	ck_assert_uint_eq(found.offset, 0x18);
	ck_assert_str_eq(type_name(found.type), "node");
	ck_assert_str_eq(found.member, "peer");
	ck_assert(!found.guessed && found.whole);
	assert_said("member+0x0: mov 0x18(%rdi),%rax: loaded from", "proven");
	assert_said("that is struct node.peer, at offset 24", "proven");
	assert_said("member() got it as argument 1, in rdi", "proven");
}
END_TEST

START_TEST(memory_has_changed_since)
{
	fake_u64(NODE + 0x18, OTHER_BAD);
	fault_in("member", "48 8b 47 18" /* mov 0x18(%rdi),%rax */, "48 8b 50 08");
	trace(REG_RAX, BAD);
	ck_assert(found.found && !found.held);
	assert_said("which holds another value by now", "inferred");
}
END_TEST

START_TEST(an_address_that_is_lost)
{
	fault_in("member",
		 "48 8b 47 18 " /* mov 0x18(%rdi),%rax */
		 "31 ff" /* xor %edi,%edi */,
		 "48 8b 50 08");
	set(REG_RDI, 0);
	trace(REG_RAX, BAD);
	ck_assert(!found.found);
	assert_said("loaded here, from an address that is lost", "inferred");
	/* The type is known all the same. */
	assert_said("that is struct node.peer", "proven");
}
END_TEST

/* The founding case's shape: the callee saved the register that the caller loaded by. */
START_TEST(through_the_caller_by_a_saved_register)
{
	uint64_t fault = put_function(0, "callee",
				      "53 " /* push %rbx */
				      "48 89 fb" /* mov %rdi,%rbx */,
				      "48 8b 7f 40" /* mov 0x40(%rdi),%rdi */);
	uint64_t call = put_function(1, "clone.isra.3",
				     "53 "	 /* push %rbx */
				     "48 89 f3 " /* mov %rsi,%rbx */
				     "48 8b 7b 18" /* mov 0x18(%rbx),%rdi */,
				     "e8 f3 fe ff ff " /* call callee */
				     "5b c3");

	add_frame(fault, 0);
	add_frame(call + 5, STACK);
	add_frame(FUNCTION(20), STACK + 0x10);
	fake_u64(STACK - 8, NODE); /* callee's push */
	set(REG_RBX, BAD);
	trace(REG_RDI, BAD);
	assert_loaded(NODE + 0x18, BAD);
	/* The clone's node came in RSI, though it is the third parameter. */
	ck_assert_str_eq(type_name(found.type), "node");
	ck_assert_str_eq(found.member, "peer");
	ck_assert(found.guessed);
	assert_said("callee() got it as argument 1, in rdi", "proven");
	assert_said("the only parameter that fits", "inferred");
}
END_TEST

START_TEST(a_clone_with_two_fitting_parameters_has_no_name)
{
	fault_in("twins.constprop.0", "48 8b 47 18" /* mov 0x18(%rdi),%rax */, "48 8b 50 08");
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	ck_assert_int_eq(found.type.kind, TYPE_NONE);
}
END_TEST

START_TEST(before_the_start_of_an_embedded_struct)
{
	fault_in("container", "48 8b 47 f8" /* mov -0x8(%rdi),%rax */, "48 8b 10");
	fake_u64(NODE - 8, BAD);
	trace(REG_RAX, BAD);
	assert_loaded(NODE - 8, BAD);
	ck_assert_str_eq(found.member, "");
	assert_said("8 bytes before a struct list_head", "proven");
}
END_TEST

START_TEST(an_element_of_an_array_of_pointers)
{
	fault_in("member",
		 "48 8b 47 20 " /* mov 0x20(%rdi),%rax */
		 "48 8b 14 f0 " /* mov (%rax,%rsi,8),%rdx */
		 "48 8b 4a 18" /* mov 0x18(%rdx),%rcx */,
		 "48 8b 01" /* mov (%rcx),%rax */);
	fake_u64(NODE + 0x20, OTHER);	      /* table */
	fake_u64(OTHER + 3 * 8, NODE + 0x80); /* table[3] */
	fake_u64(NODE + 0x98, BAD);
	set(REG_RSI, 3);
	set(REG_RAX, OTHER);
	set(REG_RDX, NODE + 0x80);
	trace(REG_RCX, BAD);
	assert_loaded(NODE + 0x98, BAD);
	ck_assert_str_eq(found.member, "peer");
	assert_said("loaded from 0xffff888000004118, which still holds the value", "proven");
	assert_said("that is node.table[3], a struct node *", "proven");
	assert_said("that is struct node.table, at offset 32", "proven");
}
END_TEST

START_TEST(a_variable)
{
	fake_symbol("global_node", NODE + 0x18);
	fake_symbol("after", NODE + 0x20);
	/* mov 0x18(%rip),%rax from CODE + 7 */
	fault_in("reader", "48 8b 05 11 c0 ff ff", "48 8b 10" /* mov (%rax),%rdx */);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("<global_node>: loaded from 0xffff888000004018, which still", "proven");
	assert_said("that is global_node, a struct node *", "proven");
}
END_TEST

/* The head of a CPU's free list came from the free pointer of an object handed out before. */
START_TEST(a_free_pointer_before_the_list)
{
	const struct slab *slab = fake_slab("kmalloc-64", FAKE_BASE + 0x10000, 64, 16);
	uint64_t culprit = slab_object_start(slab, 7);

	fault_in("take", "48 8b 07" /* mov (%rdi),%rax */, "48 8b 10");
	fake_u64(NODE, ASCII);
	fake_u64(culprit, ASCII);
	trace(REG_RAX, ASCII);
	assert_said("that is struct kmem_cache_cpu.freelist", "proven");
	/* Without hardening any object may have held it, so none is named. */
	ck_assert(!found.found);
	fake_slabs.caches[0].hardened = true;
	fake_slabs.caches[0].random = NOW;
	bad_value_deinit(&found);
	fake_u64(culprit, 0);
	uint64_t decoded = USB ^ NOW ^ __builtin_bswap64(culprit);
	fake_u64(NODE, decoded);
	set(REG_R12, culprit);
	trace(REG_RAX, decoded);
	assert_said("free pointer of kmalloc-64 object 0xffff8880000101c0: 0x0072006900560318",
		    "inferred");
	ck_assert_uint_eq(found.address, culprit);
	ck_assert(found.found && !found.held);
}
END_TEST

START_TEST(a_per_cpu_variable)
{
	fault_in("reader", "65 48 8b 04 25 18 00 00 00" /* mov %gs:0x18,%rax */, "48 8b 10");
	set(REG_GS_BASE, NODE);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

/*
 * --- what code does to a value ------------------------------------------------------------------
 */

static const struct {
	const char *before;
	uint64_t stored; /* at NODE + 0x18 */
	uint64_t value;	 /* of rax at the fault */
	uint64_t loaded; /* the bits of stored that are known; 0: the chain ends before it */
	bool part;	 /* not all of its bits are */
} shapes[] = {
	{LOAD "48 83 c0 30" /* add $0x30,%rax */, BAD, BAD + 0x30, BAD},
	{LOAD "48 83 e8 30" /* sub $0x30,%rax */, BAD, BAD - 0x30, BAD},
	{LOAD "48 83 c0 d0" /* add $-0x30,%rax */, BAD, BAD - 0x30, BAD},
	{LOAD "48 8d 40 f8" /* lea -0x8(%rax),%rax */, BAD, BAD - 8, BAD},
	{LOAD "48 01 f0" /* add %rsi,%rax */, BAD, BAD + RSI, BAD},
	{LOAD "48 8d 04 b0" /* lea (%rax,%rsi,4),%rax */, BAD, BAD + 4 * RSI, BAD},
	{LOAD "48 33 47 20" /* xor 0x20(%rdi),%rax */, BAD, BAD ^ NOW, BAD},
	{LOAD "48 31 f0" /* xor %rsi,%rax */, BAD, BAD ^ RSI, BAD},
	/* A hardened free pointer: xor with a random number and the swapped address. */
	{LOAD "48 8d 4f 18 " /* lea 0x18(%rdi),%rcx */
	      "48 33 47 20 " /* xor 0x20(%rdi),%rax */
	      "48 0f c9 "    /* bswap %rcx */
	      "48 31 c8" /* xor %rcx,%rax */,
	 ASCII, ASCII ^ NOW ^ 0x184000008088ffffull, ASCII},
	{LOAD "48 0f c8" /* bswap %rax */, BAD, 0x0056faeac587ffffull, BAD},
	{LOAD "48 f7 d0" /* not %rax */, BAD, ~BAD, BAD},
	{LOAD "48 f7 d8" /* neg %rax */, BAD, -BAD, BAD},
	{LOAD "48 ff c0" /* inc %rax */, BAD, BAD + 1, BAD},
	{LOAD "48 ff c8" /* dec %rax */, BAD, BAD - 1, BAD},
	{LOAD "48 c1 c0 08" /* rol $0x8,%rax */, ASCII, 0x4746454443424148ull, ASCII},
	{LOAD "48 c1 c8 08" /* ror $0x8,%rax */, ASCII, 0x4148474645444342ull, ASCII},
	/* Masks and shifts lose bits: what is left is compared. */
	{LOAD "48 83 e0 f0" /* and $-0x10,%rax */, BAD | 5, BAD, BAD, true},
	{LOAD "48 83 c8 01" /* or $0x1,%rax */, BAD, BAD | 1, BAD, true},
	{LOAD "48 c1 e8 04" /* shr $0x4,%rax */, BAD | 5, BAD >> 4, BAD, true},
	{LOAD "48 c1 f8 04" /* sar $0x4,%rax */, BAD | 5, 0xfffff87c5eafa560ull, BAD, true},
	{LOAD "48 c1 e0 04" /* shl $0x4,%rax */, ASCII, ASCII << 4, ASCII << 4 >> 4, true},
	{LOAD "48 98" /* cltq */, 0x1234567880000000ull, 0xffffffff80000000ull, 0x80000000, true},
	{"8b 47 18" /* mov 0x18(%rdi),%eax */, ASCII, 0x44434241, 0x44434241, true},
	{"48 63 47 18" /* movslq 0x18(%rdi),%rax */, 0x80000000, 0xffffffff80000000ull, 0x80000000,
	 true},
	{"0f b7 47 18" /* movzwl 0x18(%rdi),%eax */, ASCII, 0x4241, 0x4241, true},
	/* Taken out of memory by an exchange that failed, or put back what was there. */
	{"48 89 f0 " /* mov %rsi,%rax */
	 "f0 48 0f b1 57 18" /* lock cmpxchg %rdx,0x18(%rdi) */,
	 BAD, BAD, BAD},
	{"48 87 47 18" /* xchg %rax,0x18(%rdi) */, BAD, BAD, BAD},
	{"f0 48 0f c1 47 18" /* lock xadd %rax,0x18(%rdi) */, BAD, BAD, BAD},
	{"48 8b 57 18 48 92" /* mov 0x18(%rdi),%rdx; xchg %rax,%rdx */, BAD, BAD, BAD},
	/* What cannot be undone. */
	{LOAD "48 6b c0 18" /* imul $0x18,%rax,%rax */, BAD, BAD * 24, 0},
	{LOAD "48 01 c8 31 c9" /* add %rcx,%rax; xor %ecx,%ecx */, BAD, BAD + 5, 0},
	{LOAD "8a 47 20" /* mov 0x20(%rdi),%al */, BAD, BAD + 0x44, 0},
	{LOAD "48 8d 04 00" /* lea (%rax,%rax,1),%rax */, ASCII, 2 * ASCII, 0},
};

START_TEST(shapes_of_code)
{
	fault_in("shape", shapes[_i].before, RAX_RDX);
	fake_u64(NODE + 0x18, shapes[_i].stored);
	fake_u64(NODE + 0x20, NOW);
	set(REG_RSI, RSI);
	trace(REG_RAX, shapes[_i].value);
	if (shapes[_i].loaded) {
		assert_loaded(NODE + 0x18, shapes[_i].loaded);
		ck_assert(found.whole != shapes[_i].part);
	} else {
		ck_assert_msg(!found.found, "%s", all_said());
		assert_said("the chain ends", "inferred");
	}
}
END_TEST

START_TEST(constants)
{
	fault_in("zeroed", "31 c0" /* xor %eax,%eax */, "48 8b 50 10");
	trace(REG_RAX, 0);
	assert_said("xor %eax,%eax: a constant of the code", "proven");
	ck_assert(!found.found);
}
END_TEST

START_TEST(moved_on_by_the_instruction_itself)
{
	fault_in("copy", "48 8b 7e 18" /* mov 0x18(%rsi),%rdi */, "f3 48 a5" /* rep movsq */);
	set(REG_RSI, NODE);
	trace(REG_RDI, BAD + 0x40);
	ck_assert(!found.found);
	assert_said("moved on by the instruction itself", "inferred");
}
END_TEST

static void add_loads(Suite *s)
{
	TCase *tc = tcase("loads");

	tcase_add_test(tc, member_of_the_argument);
	tcase_add_test(tc, memory_has_changed_since);
	tcase_add_test(tc, an_address_that_is_lost);
	tcase_add_test(tc, through_the_caller_by_a_saved_register);
	tcase_add_test(tc, a_clone_with_two_fitting_parameters_has_no_name);
	tcase_add_test(tc, before_the_start_of_an_embedded_struct);
	tcase_add_test(tc, an_element_of_an_array_of_pointers);
	tcase_add_test(tc, a_variable);
	tcase_add_test(tc, a_free_pointer_before_the_list);
	tcase_add_test(tc, a_per_cpu_variable);
	tcase_add_loop_test(tc, shapes_of_code, 0, ARRAY_SIZE(shapes));
	tcase_add_test(tc, constants);
	tcase_add_test(tc, moved_on_by_the_instruction_itself);
	suite_add_tcase(s, tc);
}

int main(void)
{
	Suite *s = suite_create("provenance");

	add_loads(s);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
