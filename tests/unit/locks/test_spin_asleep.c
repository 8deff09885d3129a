/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who sleeps with a spinlock in hand, by the code of the functions on his stack. */
#include "fake_locks.h"

#include "kernel/insn/disasm.h"
#include "locks/spin_holder.h"

#define SPINLOCK (FAKE_BASE + 0xd000)
#define HOLDS (FAKE_BASE + 0xe000)
#define GIVES (FAKE_BASE + 0xe200)
#define TAKE (FAKE_BASE + 0xe400)
#define LEAVE (FAKE_BASE + 0xe500)
#define SLEEP (FAKE_BASE + 0xe600)

static char why[200];

/* holds() takes the lock and sleeps; gives() gives it back before. */
static void set_up(void)
{
	put_tasks(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("holds", HOLDS);
	fake_symbol("gives", GIVES);
	fake_symbol("_raw_spin_lock", TAKE);
	fake_symbol("_raw_spin_unlock", LEAVE);
	fake_symbol("msleep", SLEEP);
	fake_lock_call(HOLDS, 0, SPINLOCK, TAKE);
	fake_lock_call(HOLDS, 1, 0, SLEEP);
	fake_lock_call(GIVES, 0, SPINLOCK, TAKE);
	fake_lock_call(GIVES, 1, SPINLOCK, LEAVE);
	fake_lock_call(GIVES, 2, 0, SLEEP);
	open_tasks();
}

static void tear_down(void)
{
	disasm_close(kernel.disasm);
	kernel.disasm = NULL;
	close_tasks();
}

static int asleep(uint64_t lock)
{
	const struct task *task;

	assert_ok(spin_holder_asleep(&kernel, lock, &task, why, sizeof(why)));
	return task ? task->pid : 0;
}

START_TEST(who_took_it_and_sleeps_has_it)
{
	struct call gives = {.function = "gives", .address = GIVES + 3 * FAKE_CALL_LENGTH};
	struct call holds = {.function = "holds", .address = HOLDS + 2 * FAKE_CALL_LENGTH};
	struct sleeper *sleeper;

	set_up();
	sleeper = put_asleep(1, WAIT_NONE, MODE_UNKNOWN);
	sleeper->calls = &gives;
	sleeper->call_count = 1;
	ck_assert_int_eq(asleep(SPINLOCK), 0);
	sleeper = put_asleep(2, WAIT_NONE, MODE_UNKNOWN);
	sleeper->calls = &holds;
	sleeper->call_count = 1;
	ck_assert_int_eq(asleep(SPINLOCK), 2);
	ck_assert_msg(strstr(why, "holds() on its stack took this lock"), "%s", why);
	ck_assert_int_eq(asleep(SPINLOCK + 64), 0); /* another's */
	tear_down();
}
END_TEST

START_TEST(stacks_that_lie_name_nobody)
{
	struct call calls[] = {{.function = "", .address = 0},
			       {.function = "", .address = UINT64_MAX},
			       {.function = "holds", .address = HOLDS + 1}};
	struct sleeper *sleeper;

	set_up();
	sleeper = put_asleep(1, WAIT_NONE, MODE_UNKNOWN);
	sleeper->calls = calls;
	sleeper->call_count = ARRAY_SIZE(calls);
	ck_assert_int_eq(asleep(SPINLOCK), 0);
	tear_down();
}
END_TEST

UNIT_MAIN("spin_asleep", who_took_it_and_sleeps_has_it, stacks_that_lie_name_nobody)
