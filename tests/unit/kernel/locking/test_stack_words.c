/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a stack: from the stack pointer to its end, and no further than can be read. */
#include "fake_kernel.h"
#include "kernel/locking/stack_words.h"
#include "kernel/tasks/task.h"

#define STACK (FAKE_BASE + 0x4000)
#define STACK_SIZE 0x2000

static const struct task task = {.stack = STACK, .stack_size = STACK_SIZE};

static void start(void)
{
	fake_open(NULL);
	for (uint64_t at = STACK; at < STACK + STACK_SIZE + 64; at += 8)
		fake_u64(at, at);
}

/* Each word holds its address; end is what follows the last. */
static void expect(uint64_t sp, size_t max, uint64_t first, uint64_t end, bool whole)
{
	const struct sleeper sleeper = {.task = &task, .sp = sp};
	_stack_words_ struct stack_words words;
	uint64_t at = first;

	stack_words_init(&words, &kernel, &sleeper, max);
	for (; stack_words_next(&words); at += 8) {
		ck_assert_uint_eq(words.at, at);
		ck_assert_uint_eq(words.word, at);
	}
	ck_assert_uint_eq(at, end);
	ck_assert(whole == !words.err);
	ck_assert(!stack_words_next(&words));
}

START_TEST(all_words_are_met_once)
{
	start();
	expect(STACK, SIZE_MAX, STACK, STACK + STACK_SIZE, true);
	expect(STACK + 0x1f08, SIZE_MAX, STACK + 0x1f08, STACK + STACK_SIZE, true);
	expect(STACK + 0xff8, 2, STACK + 0xff8, STACK + 0x1008, true); /* over a page's end */
	expect(STACK + 0x100, 100, STACK + 0x100, STACK + 0x420, true);
	expect(STACK + STACK_SIZE, SIZE_MAX, 0, 0, true);
	fake_close();
}
END_TEST

START_TEST(a_stack_pointer_off_the_stack_gives_none)
{
	start();
	expect(STACK - 8, SIZE_MAX, 0, 0, true);
	expect(STACK + STACK_SIZE + 8, SIZE_MAX, 0, 0, true);
	expect(STACK + 4, SIZE_MAX, 0, 0, true);
	expect(0, SIZE_MAX, 0, 0, true);
	expect(UINT64_MAX - 7, SIZE_MAX, 0, 0, true);
	fake_close();
}
END_TEST

START_TEST(what_the_dump_lacks_ends_the_walk_with_an_error)
{
	start();
	fake.excluded = STACK + 0x1000;
	expect(STACK + 0xfc0, SIZE_MAX, STACK + 0xfc0, STACK + 0x1000, false);
	fake_close();
}
END_TEST

UNIT_MAIN("stack_words", all_words_are_met_once, a_stack_pointer_off_the_stack_gives_none,
	  what_the_dump_lacks_ends_the_walk_with_an_error)
