/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CPU that spins for a lock its own stack shows to be taken, and one whose stack does not. */
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "locks/spin_holder.h"

#define SPINLOCK (FAKE_BASE + 0xd000)
#define INNER (FAKE_BASE + 0xe000)
#define OUTER (FAKE_BASE + 0xe200)
#define TAKE (FAKE_BASE + 0xe400)
#define LEAVE (FAKE_BASE + 0xe500)

static struct frame frames[4];
static struct spin_cpu cpu;
static char why[256];

/* outer() takes a lock and calls inner(), which takes it again: _raw_spin_lock() and its slow path spin. */
static void set_up(void)
{
	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("inner", INNER);
	fake_symbol("outer", OUTER);
	fake_symbol("_raw_spin_lock", TAKE);
	fake_symbol("_raw_spin_unlock", LEAVE);
	fake_lock_call(INNER, 0, SPINLOCK, TAKE);
	fake_lock_call(OUTER, 0, SPINLOCK, TAKE);
	fake_lock_call(OUTER, 1, 0, INNER);
	frames[0] = (struct frame){.address = TAKE + 8, .exact = true};
	frames[1] = (struct frame){.address = TAKE + 16};
	frames[2] = (struct frame){.address = INNER + FAKE_CALL_LENGTH};
	frames[3] = (struct frame){.address = OUTER + 2 * FAKE_CALL_LENGTH};
	cpu = (struct spin_cpu){.lock = SPINLOCK, .trace = {.frames = frames, .count = 4}};
}

static bool itself(void)
{
	return spin_holder_itself(&kernel, &cpu, why, sizeof(why));
}

static void tear_down(void)
{
	disasm_close(kernel.disasm);
	fake_close();
}

START_TEST(a_caller_further_out_took_it)
{
	set_up();
	frames[2] = frames[3];
	cpu.trace.count = 3;
	ck_assert(itself());
	ck_assert_msg(strstr(why, "outer(), further out on the same stack, took this lock at +0xa"),
		      "%s", why);
	tear_down();
}
END_TEST

START_TEST(it_was_given_back_or_is_another)
{
	set_up();
	frames[2] = frames[3];
	cpu.trace.count = 3;
	fake_lock_call(OUTER, 0, SPINLOCK + 64, TAKE);
	ck_assert(!itself());
	fake_lock_call(OUTER, 0, SPINLOCK, LEAVE);
	ck_assert(!itself());
	fake_put(OUTER, "\x48\x89\xdf\x90\x90\x90\x90\x90\x90\x90", 10); /* mov %rbx,%rdi */
	ck_assert(!itself());
	tear_down();
}
END_TEST

/* The call that spins is no second one. */
START_TEST(who_spins_has_not_taken_it)
{
	set_up();
	frames[1] = frames[2];
	cpu.trace.count = 2;
	ck_assert(!itself());
	cpu.trace.count = 0;
	ck_assert(!itself());
	cpu.frame = SIZE_MAX - 2;
	ck_assert(!itself());
	tear_down();
}
END_TEST

START_TEST(who_spins_for_another_has_it_the_surer)
{
	double goes_on, stuck;

	set_up();
	frames[2] = frames[3];
	cpu.trace.count = 3;
	goes_on = spin_holder_score(&kernel, &cpu, SPINLOCK, 0, why, sizeof(why));
	ck_assert_msg(strstr(why, "does not spin; outer() took this lock"), "%s", why);
	cpu.function = "native_queued_spin_lock_slowpath";
	stuck = spin_holder_score(&kernel, &cpu, SPINLOCK, 0, why, sizeof(why));
	ck_assert_msg(strstr(why, "spins for another lock; outer() took this"), "%s", why);
	ck_assert_double_gt(stuck, goes_on);
	ck_assert_double_lt(stuck, 1);
	ck_assert_double_eq(
		spin_holder_score(&kernel, &cpu, UINT64_MAX, UINT64_MAX, why, sizeof(why)), 0);
	tear_down();
}
END_TEST

UNIT_MAIN("spin_holder", a_caller_further_out_took_it, it_was_given_back_or_is_another,
	  who_spins_has_not_taken_it, who_spins_for_another_has_it_the_surer)
