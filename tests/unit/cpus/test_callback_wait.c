/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CPU that waits for a timer's function which another one is in, and words that lead to no timer. */
#include "cpus/callback_wait.h"
#include "fake_kernel.h"

#define WAIT (FAKE_BASE + 0x8000)
#define CALLER (FAKE_BASE + 0x8100)
#define CHIME (FAKE_BASE + 0x8200)
#define OTHER (FAKE_BASE + 0x8300)
#define TIMER (FAKE_BASE + 0x5000)
#define STACK (FAKE_BASE + 0x6000)
#define FUNCTION 24 /* in timer_list */

static struct frame waiting[2], running[2];
static struct cpu_state list[2];
static const struct cpu_states states = {.list = list, .count = 2};

static void put_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	(void)i;
	b_record(b, B_STRUCT, "timer_list", 40, 1, "function", l, FUNCTION * 8);
}

/* CPU 0 waits in del_timer_sync(), CPU 1 is in chime(). */
static void set_up(void)
{
	fake_open(put_types);
	fake_symbol("del_timer_sync", WAIT);
	fake_symbol("caller", CALLER);
	fake_symbol("chime", CHIME);
	fake_symbol("other", OTHER);
	fake_u64(TIMER + FUNCTION, CHIME);
	waiting[0] = (struct frame){.address = WAIT + 8, .exact = true, .sp = STACK};
	waiting[1] = (struct frame){.address = CALLER + 8, .sp = STACK + 0x40};
	running[0] = (struct frame){.address = OTHER + 8, .exact = true, .sp = STACK + 0x400};
	running[1] = (struct frame){.address = CHIME + 8, .sp = STACK + 0x440};
	list[0] = (struct cpu_state){.cpu = 0, .trace = {.frames = waiting, .count = 2}};
	list[1] = (struct cpu_state){.cpu = 1, .trace = {.frames = running, .count = 2}};
}

static struct callback_wait find(unsigned cpu)
{
	struct callback_wait wait;

	callback_wait_find(&kernel, &states, &list[cpu], &wait);
	return wait;
}

START_TEST(a_timer_that_another_cpu_runs)
{
	set_up();
	fake_u64(STACK + 0x10, TIMER);
	struct callback_wait wait = find(0);
	ck_assert_str_eq(wait.words, "timer function");
	ck_assert_str_eq(wait.in.symbol, "del_timer_sync");
	ck_assert_uint_eq(wait.object, TIMER);
	ck_assert_uint_eq(wait.function, CHIME);
	ck_assert_ptr_eq(wait.other, &list[1]);
	ck_assert_ptr_null(find(1).words);
	fake_close();
}
END_TEST

START_TEST(it_may_be_in_a_register)
{
	set_up();
	waiting[0].regs.value[REG_RBX] = TIMER;
	ck_assert_ptr_null(find(0).other);
	waiting[0].regs.known |= 1u << REG_RBX;
	ck_assert_ptr_eq(find(0).other, &list[1]);
	fake_close();
}
END_TEST

START_TEST(nobody_is_made_up)
{
	static const uint64_t words[] = {
		0, 1, UINT64_MAX, UINT64_MAX - 7, 0x4141414141414141, STACK, TIMER - 8};

	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		fake_u64(STACK + 0x10, words[i]);
		ck_assert_ptr_null(find(0).other);
	}
	fake_u64(STACK + 0x10, TIMER);
	fake_u64(TIMER + FUNCTION, CHIME + 4); /* no function begins there */
	ck_assert_ptr_null(find(0).other);
	fake_u64(TIMER + FUNCTION, CHIME);
	running[1].address = OTHER + 8; /* it has come back */
	ck_assert_ptr_null(find(0).other);
	running[1].address = CHIME + 8;
	waiting[1].sp = UINT64_MAX; /* stacks that do not end */
	fake_u64(STACK + 0x10, 0);
	ck_assert_ptr_null(find(0).other);
	ck_assert_str_eq(find(0).words, "timer function");
	list[0].trace.count = 0;
	ck_assert_ptr_null(find(0).words);
	fake_close();
}
END_TEST

UNIT_MAIN("callback_wait", a_timer_that_another_cpu_runs, it_may_be_in_a_register,
	  nobody_is_made_up)
