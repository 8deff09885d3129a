/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/kernel.h"
#include "kernel/tasks/task.h"
#include "kernel/unwind/stack_frame.h"
#include "kernel/unwind/unwind_task.h"

#define STACK 0xffffc90000010000
#define STACK_SIZE 0x4000
#define IRQ_STACK 0xffffc90000000000

static struct kernel kernel = {.unwinder = (struct unwinder *)&kernel}; /* never looked into */
static unsigned unwound;

static const struct frame frames[] = {
	{.address = 0x1001, .sp = IRQ_STACK + 0x3f00, .source = FOUND_REGISTERS, .exact = true},
	{.address = 0x2001, .sp = STACK + 0x3000, .source = FOUND_ORC, .exact = true},
	{.address = 0x3001, .sp = STACK + 0x3040, .source = FOUND_ORC},
	{.address = 0x3501, .sp = STACK + 0x3080, .source = FOUND_ORC},
	{.address = 0x4001, .sp = STACK + 0x3100, .source = FOUND_SCAN},
	{.address = 0x5001, .sp = STACK + 0x3200, .source = FOUND_ORC},
	{.address = 0x7f001, .sp = 0x7fff0000, .source = FOUND_ORC, .kind = FRAME_USER},
};
static size_t first, count;

struct err *unwind_task(struct kernel *of, const struct task *task, struct trace *ret)
{
	(void)of;
	(void)task;
	unwound++;
	*ret = (struct trace){.frames = calloc(count + 1, sizeof(*frames)), .count = count};
	memcpy(ret->frames, frames + first, count * sizeof(*frames));
	return NULL;
}

static void expect(const struct task *task, uint64_t offset, enum stack_place place,
		   uint64_t function)
{
	uint64_t found = 0;

	ck_assert_int_eq(stack_frame_find(&kernel, task, STACK + offset, &found), place);
	ck_assert_uint_eq(found, function);
}

static void close_frames(void)
{
	stack_frames_close(kernel.stack_frames);
	kernel.stack_frames = NULL;
	unwound = 0;
}

START_TEST(an_address_belongs_to_the_frame_around_it)
{
	struct task task = {.stack = STACK, .stack_size = STACK_SIZE};

	first = 0;
	count = ARRAY_SIZE(frames);
	expect(&task, 0x3000, PLACE_FRAME, 0x2001); /* interrupted there */
	expect(&task, 0x303f, PLACE_FRAME, 0x2001);
	expect(&task, 0x3040, PLACE_FRAME, 0x3000); /* a return address belongs to the call */
	expect(&task, 0x3fff, PLACE_FRAME, 0x5000); /* pt_regs of user mode */
	ck_assert_uint_eq(unwound, 1);
	close_frames();
}
END_TEST

START_TEST(a_scan_proves_no_frame)
{
	struct task task = {.stack = STACK, .stack_size = STACK_SIZE};

	first = 0;
	count = ARRAY_SIZE(frames);
	expect(&task, 0x3180, PLACE_UNKNOWN, 0); /* a frame found by a scan */
	expect(&task, 0x30f8, PLACE_UNKNOWN, 0); /* below one: where it ends is not known */
	expect(&task, 0x2000, PLACE_UNKNOWN, 0); /* and so is where the stack does */
	close_frames();
}
END_TEST

START_TEST(below_the_stack_pointer_nothing_lives)
{
	struct task task = {.stack = STACK, .stack_size = STACK_SIZE};

	first = 1;
	count = 2;
	expect(&task, 0x2ff8, PLACE_BELOW, 0);
	expect(&task, 0x3800, PLACE_UNKNOWN, 0); /* beyond the last frame's start */
	close_frames();
	count = 0;
	expect(&task, 0x2ff8, PLACE_UNKNOWN, 0);
	close_frames();
}
END_TEST

START_TEST(few_traces_are_kept)
{
	struct task tasks[20];

	first = 1;
	count = 2;
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
		tasks[i] = (struct task){.stack = STACK, .stack_size = STACK_SIZE};
	for (unsigned round = 0; round < 2; round++)
		for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
			for (unsigned again = 0; again < 2; again++)
				expect(&tasks[i], 0x3000, PLACE_FRAME, 0x2001);
	ck_assert_uint_eq(unwound, 2 * ARRAY_SIZE(tasks));
	close_frames();
}
END_TEST

UNIT_MAIN("stack_frame", an_address_belongs_to_the_frame_around_it, a_scan_proves_no_frame,
	  below_the_stack_pointer_nothing_lives, few_traces_are_kept)
