/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members told from made code, and code that leaves a choice. */
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "kernel/probe/code_use.h"

#define FUNCTION (FAKE_BASE + 0x4000)
#define CLOCK (FAKE_BASE + 0x4100)

static bool found;
static uint64_t offset;

static void put_code(const void *code, size_t length)
{
	fake_open(NULL);
	kernel.memory = (struct memory *)&fake; /* never looked into */
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("function", FUNCTION);
	fake_symbol("clock", CLOCK);
	fake_symbol("behind", CLOCK + 0x100);
	fake_put(FUNCTION, code, length);
}

static void close_code(void)
{
	disasm_close(kernel.disasm);
	fake_close();
}

static const struct code_rule load_rule = {
	.source = FROM_ARGUMENT, .argument = 1, .use = USE_LOAD, .number = 4};

static void load(const void *code, size_t length)
{
	put_code(code, length);
	assert_ok(code_find_in(&kernel, "function", &load_rule, &found, &offset));
	close_code();
}

START_TEST(only_load)
{
	load("\x8b\x57\x40\xc3", 4); /* mov 0x40(%rdi),%edx */
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x40);
	load("\x48\x89\xf9\x8b\x51\x44\xc3", 7); /* mov %rdi,%rcx; mov 0x44(%rcx),%edx */
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x44);
	load("\x8b\x57\x40\x8b\x47\x44\xc3", 7); /* two */
	ck_assert(!found);
	load("\x48\x89\xf7\x8b\x57\x40\xc3", 7); /* mov %rsi,%rdi: no longer the first argument */
	ck_assert(!found);
	load("\x48\x8b\x57\x40\xc3", 5); /* of eight bytes */
	ck_assert(!found);
	load("\xff\xff\xff\xff", 4);
	ck_assert(!found);
}
END_TEST

START_TEST(list_head)
{
	/* lea 0x18(%rdi),%rax; mov %rax,0x18(%rdi); mov %rax,0x20(%rdi); ret */
	static const char code[] = "\x48\x8d\x47\x18\x48\x89\x47\x18\x48\x89\x47\x20\xc3",
			  other[] = "\x48\x8d\x47\x18\x48\x89\x47\x28\x48\x89\x47\x20\xc3";

	put_code(code, sizeof(code) - 1);
	assert_ok(code_list_head(&kernel, "function", &found, &offset));
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x18);
	assert_ok(code_list_head(&kernel, "no such function", &found, &offset));
	ck_assert(!found);
	close_code();
	put_code(other, sizeof(other) - 1);
	assert_ok(code_list_head(&kernel, "function", &found, &offset));
	ck_assert(!found);
	close_code();
}
END_TEST

START_TEST(subtracted)
{
	/* push %rbx; mov %rdi,%rbx; call clock; sub 0x60(%rbx),%rax; pop %rbx; ret */
	static const char code[] = "\x53\x48\x89\xfb\xe8\xf7\x00\x00\x00\x48\x2b\x43\x60\x5b\xc3";

	struct code_rule rule = {.source = FROM_ARGUMENT,
				 .argument = 1,
				 .use = USE_SUBTRACT,
				 .number = 8,
				 .callee = "clock"};

	put_code(code, sizeof(code) - 1);
	assert_ok(code_find_in(&kernel, "function", &rule, &found, &offset));
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x60);
	rule.callee = "behind";
	assert_ok(code_find_in(&kernel, "function", &rule, &found, &offset));
	ck_assert(!found);
	close_code();
}
END_TEST

static void find(const struct code_rule *rule, const void *code, size_t length)
{
	put_code(code, length);
	assert_ok(code_find_in(&kernel, "function", rule, &found, &offset));
	close_code();
}

START_TEST(stores)
{
	struct code_rule rule = {
		.source = FROM_ARGUMENT, .argument = 2, .use = USE_STORE, .number = 4};

	find(&rule, "\x89\x46\x40\x8b\x46\x44\xc3",
	     7); /* mov %eax,0x40(%rsi); mov 0x44(%rsi),%eax */
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x40);
	find(&rule, "\x89\x46\xf0\xc3", 4); /* in front of the struct */
	ck_assert(!found);
}
END_TEST

/* mov 0x40(%rdi),%rax; mov 0x10(%rax),%ecx; mov 0x14(%rdi),%ecx */
static const char two_structs[] = "\x48\x8b\x47\x40\x8b\x48\x10\x8b\x4f\x14\xc3";

START_TEST(what_a_member_leads_to)
{
	struct code_rule rule = load_rule;

	find(&rule, two_structs, sizeof(two_structs) - 1);
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x14); /* the argument's own */
	rule.loaded = true;
	rule.via = 0x40;
	find(&rule, two_structs, sizeof(two_structs) - 1);
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x10);
	rule.via = 0x48;
	find(&rule, two_structs, sizeof(two_structs) - 1);
	ck_assert(!found);
}
END_TEST

START_TEST(passes)
{
	/* add $0x30,%rdi; call clock; ret, and mov 0x30(%rdi),%rdi before it */
	static const char address[] = "\x48\x83\xc7\x30\xe8\xf7\x00\x00\x00\xc3",
			  value[] = "\x48\x8b\x7f\x30\xe8\xf7\x00\x00\x00\xc3";
	struct code_rule rule = {.source = FROM_ARGUMENT,
				 .argument = 1,
				 .use = USE_PASS,
				 .number = 1,
				 .callee = "clock"};

	find(&rule, address, sizeof(address) - 1);
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x30);
	find(&rule, value, sizeof(value) - 1);
	ck_assert(!found);
	rule.use = USE_PASS_TO;
	find(&rule, value, sizeof(value) - 1);
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x30);
	find(&rule, address, sizeof(address) - 1);
	ck_assert(!found);
	rule.use = USE_PASS;
	find(&rule, "\xe8\xfb\x00\x00\x00\xc3", 6); /* the struct itself */
	ck_assert(!found);
}
END_TEST

/* A register that is moved in a circle has come from nowhere: 1: mov %rax,%rcx; mov %rcx,%rax; jmp 1b */
START_TEST(circle)
{
	find(&load_rule, "\x48\x89\xc1\x48\x89\xc8\x8b\x50\x40\xeb\xf5", 11);
	ck_assert(!found);
}
END_TEST

UNIT_MAIN("code_use", only_load, list_head, subtracted, stores, what_a_member_leads_to, passes,
	  circle)
