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

static void load(const void *code, size_t length)
{
	put_code(code, length);
	assert_ok(code_only_load(&kernel, "function", 4, &found, &offset));
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

	put_code(code, sizeof(code) - 1);
	assert_ok(code_subtracted(&kernel, "function", "clock", &found, &offset));
	ck_assert(found);
	ck_assert_uint_eq(offset, 0x60);
	assert_ok(code_subtracted(&kernel, "function", "behind", &found, &offset));
	ck_assert(!found);
	close_code();
}
END_TEST

UNIT_MAIN("code_use", only_load, list_head, subtracted)
