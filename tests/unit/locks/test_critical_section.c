/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that takes a lock, gives it back, or cannot be followed. */
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "locks/critical_section.h"

#define LOCK (FAKE_BASE + 0xd000)
#define CODE (FAKE_BASE + 0xe000)
#define DOWN_READ (FAKE_BASE + 0xe400)
#define DOWN_WRITE (FAKE_BASE + 0xe500)
#define UP_READ (FAKE_BASE + 0xe600)

static struct critical_section follow(unsigned slots)
{
	const struct lock_calls calls = {critical_section_rwsem, LOCK, 0};
	struct critical_section region = {0};

	critical_section_follow(&kernel, CODE, CODE + slots * FAKE_CALL_LENGTH, &calls, &region);
	return region;
}

START_TEST(code_says_whether_it_still_has_a_lock)
{
	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("taker", CODE);
	fake_symbol("down_read", DOWN_READ);
	fake_symbol("down_write", DOWN_WRITE);
	fake_symbol("up_read", UP_READ);
	fake_lock_call(CODE, 0, LOCK + 64, DOWN_WRITE); /* another lock */
	fake_lock_call(CODE, 1, LOCK, DOWN_READ);
	fake_lock_call(CODE, 2, LOCK + 64, UP_READ);
	fake_lock_call(CODE, 3, LOCK, UP_READ);
	fake_lock_call(CODE, 4, LOCK, DOWN_WRITE);
	ck_assert(!follow(1).inside);
	ck_assert(follow(2).inside && follow(2).read);
	ck_assert_uint_eq(follow(2).lock, LOCK);
	ck_assert(follow(3).inside);
	ck_assert(!follow(4).inside);
	ck_assert(follow(5).inside && !follow(5).read);
	fake_put(CODE, "\x06", 1); /* no instruction of this mode: nothing is said */
	ck_assert(!follow(5).inside);
	disasm_close(kernel.disasm);
	fake_close();
}
END_TEST

#define POINTER (FAKE_BASE + 0xe700)
#define OBJECT (FAKE_BASE + 0xe800)

/* mov POINTER(%rip),%rax; lea 0x48(%rax),%rdi; call down_read: a lock in what a variable points to. */
START_TEST(code_reaches_a_lock_through_a_pointer)
{
	const struct lock_calls calls = {critical_section_rwsem, OBJECT + 0x48, 0};
	struct critical_section region = {0};

	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("taker", CODE);
	fake_symbol("down_read", DOWN_READ);
	fake_u64(POINTER, OBJECT);
	fake_put(CODE, "\x48\x8b\x05", 3);
	fake_u32(CODE + 3, (uint32_t)(POINTER - (CODE + 7)));
	fake_put(CODE + 7, "\x48\x8d\x78\x48\xe8", 5);
	fake_u32(CODE + 12, (uint32_t)(DOWN_READ - (CODE + 16)));
	critical_section_follow(&kernel, CODE, CODE + 16, &calls, &region);
	ck_assert(region.inside && region.known && region.read);
	ck_assert_uint_eq(region.lock, OBJECT + 0x48);
	/* Another object, and a pointer that cannot be read. */
	fake_u64(POINTER, OBJECT + 8);
	region = (struct critical_section){0};
	critical_section_follow(&kernel, CODE, CODE + 16, &calls, &region);
	ck_assert(!region.inside);
	fake_u32(CODE + 3, 0x7fffff00);
	critical_section_follow(&kernel, CODE, CODE + 16, &calls, &region);
	ck_assert(!region.inside);
	/* A call in between may change the register. */
	fake_u64(POINTER, OBJECT);
	fake_u32(CODE + 3, (uint32_t)(POINTER - (CODE + 7)));
	fake_put(CODE + 7, "\xe8\0\0\0\0\x48\x8d\x78\x48\xe8", 10);
	fake_u32(CODE + 17, (uint32_t)(DOWN_READ - (CODE + 21)));
	critical_section_follow(&kernel, CODE, CODE + 21, &calls, &region);
	ck_assert(!region.inside);
	disasm_close(kernel.disasm);
	fake_close();
}
END_TEST

/* lea 0x48(%rbx),%rdi; call down_read: whatever is in rbx, the lock lies at 0x48 of it. */
START_TEST(a_member_of_an_unknown_object_has_its_offset)
{
	struct lock_calls calls = {critical_section_rwsem, 0, 0x48};

	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("taker", CODE);
	fake_symbol("down_read", DOWN_READ);
	fake_put(CODE, "\x48\x8d\x7b\x48\xe8", 5);
	fake_u32(CODE + 5, (uint32_t)(DOWN_READ - (CODE + 9)));
	ck_assert(critical_section_reads(&kernel, CODE, CODE + 9, &calls));
	calls.offset = 0x50;
	ck_assert(!critical_section_reads(&kernel, CODE, CODE + 9, &calls));
	calls.offset = 0;
	ck_assert(critical_section_reads(&kernel, CODE, CODE + 9, &calls));
	/* mov %rax,%rdi: nothing is known of its argument. */
	calls.offset = 0x50;
	fake_put(CODE + 4, "\x48\x89\xc7\xe8", 4);
	fake_u32(CODE + 8, (uint32_t)(DOWN_READ - (CODE + 12)));
	ck_assert(critical_section_reads(&kernel, CODE, CODE + 12, &calls));
	disasm_close(kernel.disasm);
	fake_close();
}
END_TEST

UNIT_MAIN("critical_section", code_says_whether_it_still_has_a_lock,
	  code_reaches_a_lock_through_a_pointer, a_member_of_an_unknown_object_has_its_offset)
