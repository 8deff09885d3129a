/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "crash/crash_overflow.h"
#include "fake_kernel.h"
#include "kernel/insn/code.h"
#include "kernel/tasks/task.h"
#include "kernel/unwind/stacks.h"

#define STACK (FAKE_BASE + 0x8000)
#define CODE 0xffffffff81000000ull
#define HOLE 0xffffc90000010000ull /* where nothing is mapped */
#define MARK "\x9d\x6e\xac\x57"	   /* at a stack's end */

struct err *memory_translate(struct memory *memory, uint64_t va, uint64_t *phys)
{
	*phys = va;
	return memory_read(memory, va, &(char){0}, 1);
}

static bool overflows(enum crash_kind kind, uint64_t stack, uint64_t sp)
{
	struct task task = {.address = FAKE_BASE + 0x4000, .pid = 7, .stack = stack};
	struct crash crash = {.kernel = &kernel, .kind = kind, .task = &task, .exception = true};
	double confidence = 0;

	crash.regs.value[REG_RSP] = sp;
	crash.regs.known = 1u << REG_RSP;
	return crash_overflow_find(&crash, &confidence) && confidence >= 0.9;
}

/* A frame of 16 KiB leads over the guard page, into what is not mapped either. */
START_TEST(a_leap_past_the_guard_is_an_overflow)
{
	fake_open(NULL);
	ck_assert(overflows(CRASH_DOUBLE_FAULT, HOLE, HOLE - 0x4000));
	ck_assert(overflows(CRASH_DOUBLE_FAULT, HOLE, HOLE - (1u << 20)));
	fake_close();
}
END_TEST

START_TEST(what_is_far_or_mapped_is_no_leap)
{
	fake_open(NULL);
	/* farther than any frame leads; above; in the stack; a stack pointer that is none */
	ck_assert(!overflows(CRASH_DOUBLE_FAULT, HOLE, HOLE - (1u << 20) - 8));
	ck_assert(!overflows(CRASH_DOUBLE_FAULT, HOLE, HOLE + 0x6000));
	ck_assert(!overflows(CRASH_DOUBLE_FAULT, HOLE, HOLE + 0x2000));
	ck_assert(!overflows(CRASH_DOUBLE_FAULT, HOLE, 0));
	ck_assert(!overflows(CRASH_DOUBLE_FAULT, HOLE, UINT64_MAX));
	ck_assert(!overflows(CRASH_DOUBLE_FAULT, 0, 0));
	/* memory is there: somebody's stack */
	fake_put(STACK, MARK, 4);
	ck_assert(!overflows(CRASH_DOUBLE_FAULT, STACK, STACK - 0x4000));
	/* the access was another's: no double fault */
	ck_assert(!overflows(CRASH_PAGE_FAULT, HOLE, HOLE - 0x4000));
	fake_close();
}
END_TEST

START_TEST(the_guard_page_is_met_at_the_stacks_end)
{
	fake_open(NULL);
	ck_assert(overflows(CRASH_PAGE_FAULT, HOLE, HOLE - 8));
	ck_assert(overflows(CRASH_DOUBLE_FAULT, HOLE, HOLE + 8));
	ck_assert(!overflows(CRASH_PAGE_FAULT, HOLE, HOLE + 512));
	ck_assert(!overflows(CRASH_GENERAL_PROTECTION, HOLE, HOLE - 8));
	fake_close();
}
END_TEST

/* Without a guard page: the mark is overwritten. */
START_TEST(a_lost_mark_tells_who_ran_below_his_stack)
{
	fake_open(NULL);
	fake_put(STACK, MARK, 4);
	ck_assert(!overflows(CRASH_GENERAL_PROTECTION, STACK, STACK - 0x2000));
	fake_u64(STACK, 0);
	ck_assert(overflows(CRASH_GENERAL_PROTECTION, STACK, STACK - 0x2000));
	/* above thread_info, which has 8 bytes here */
	fake_put(STACK + 0x8, MARK, 4);
	ck_assert(!overflows(CRASH_GENERAL_PROTECTION, STACK, STACK - 0x2000));
	fake_u64(STACK + 0x8, 0);
	fake_put(STACK + 0x68, MARK, 4);
	ck_assert(overflows(CRASH_GENERAL_PROTECTION, STACK, STACK - 0x2000));
	fake_close();
}
END_TEST

/* How large thread_info is, types tell or not: the mark may be anywhere that it may end. */
START_TEST(without_types_the_mark_is_looked_for)
{
	struct types *types, *none;

	fake_open(NULL);
	types = kernel.types;
	assert_ok(types_open(&none));
	kernel.types = none;
	ck_assert(overflows(CRASH_GENERAL_PROTECTION, STACK, STACK - 0x2000));
	fake_put(STACK + 0x68, MARK, 4);
	ck_assert(!overflows(CRASH_GENERAL_PROTECTION, STACK, STACK - 0x2000));
	fake_u64(STACK + 0x68, 0);
	fake_put(STACK + 0x108, MARK, 4); /* no thread_info is as large */
	ck_assert(overflows(CRASH_GENERAL_PROTECTION, STACK, STACK - 0x2000));
	kernel.types = types;
	types_close(none);
	fake_close();
}
END_TEST

bool stacks_find(const struct kernel *unused, uint64_t address, struct stack *ret)
{
	(void)unused;
	(void)ret;
	return address - STACK < 0x4000;
}

bool code_is_text(struct kernel *unused, uint64_t address)
{
	(void)unused;
	return address - CODE < 0x1000;
}

static bool goes_on(uint64_t sp)
{
	struct task task = {.pid = 7, .stack = STACK};
	struct frame frame = {.regs.known = 1u << REG_RSP};
	struct crash crash = {.kernel = &kernel, .task = &task, .trace = {&frame, 1}};
	uint64_t caller = 0;

	frame.regs.value[REG_RSP] = sp;
	return crash_overflow_goes_on(&crash, &caller) && caller == CODE + 0x21;
}

/* However far it got: the CPU itself is there, and behind it are the frames of who calls itself. */
START_TEST(a_cpu_below_its_stack_has_run_over)
{
	fake_open(NULL);
	fake_u64(STACK - 0x20, CODE + 0x80); /* somebody's, once */
	ck_assert(!goes_on(STACK - 0x4000));
	for (unsigned i = 1; i < 5; i++) {
		ck_assert(!goes_on(STACK - 0x4000));
		fake_u64(STACK - 0x60 * i, CODE + 0x21);
	}
	ck_assert(goes_on(STACK - 0x4000));
	ck_assert(goes_on(STACK - 0x8000));
	ck_assert(!goes_on(STACK + 0x1000));
	ck_assert(!goes_on(STACK + 0x8000)); /* above */
	ck_assert(!goes_on(0));
	ck_assert(!goes_on(0xffff880000000000));
	ck_assert(!goes_on(UINT64_MAX));
	fake_close();
}
END_TEST

/* memcpy() off the upper end of a buffer meets the guard page of the stack above. */
START_TEST(an_access_is_no_overflow)
{
	struct task task = {.pid = 7, .stack = STACK};
	struct crash crash = {.kernel = &kernel, .task = &task, .exception = true};

	crash.regs.known = 1u << REG_RSP;
	crash.regs.value[REG_RSP] = STACK + 0x3000;
	ck_assert(crash_overflow_is_access(&crash));
	crash.regs.value[REG_RSP] = STACK + 16;
	ck_assert(!crash_overflow_is_access(&crash));
	crash.regs.value[REG_RSP] = STACK - 16;
	ck_assert(!crash_overflow_is_access(&crash));
	crash.regs.value[REG_RSP] = UINT64_MAX;
	ck_assert(!crash_overflow_is_access(&crash));
	crash.regs.value[REG_RSP] = STACK + 0x3000;
	crash.regs.known = 0;
	ck_assert(!crash_overflow_is_access(&crash));
}
END_TEST

UNIT_MAIN("crash_overflow", an_access_is_no_overflow, a_leap_past_the_guard_is_an_overflow,
	  what_is_far_or_mapped_is_no_leap, the_guard_page_is_met_at_the_stacks_end,
	  a_lost_mark_tells_who_ran_below_his_stack, without_types_the_mark_is_looked_for,
	  a_cpu_below_its_stack_has_run_over)
