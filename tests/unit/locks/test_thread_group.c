/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who executes a program, or dumps core, and the threads of his process that do not come to their end. */
#include "fake_locks.h"
#include "locks/thread_group.h"

static struct call executes[] = {{.function = "schedule"}, {.function = "de_thread"}};
static struct call dumps[] = {{.function = "__wait_for_common"}, {.function = "coredump_wait"}};
static struct call sleeps[] = {{.function = "schedule"}, {.function = "lab_wait_device"}};
static struct call ends[] = {{.function = "schedule"}, {.function = "do_exit"}};

static struct lock *lock;

static void put_thread(int pid, struct call *calls, enum wait_kind kind)
{
	struct sleeper *sleeper = put_asleep(pid, kind, MODE_UNKNOWN);

	sleeper->calls = calls;
	sleeper->call_count = calls ? 2 : 0;
}

/* Tasks 1 to 4 are of process 1, 5 is another. */
static void set_up(struct call *first)
{
	put_tasks(NULL);
	for (int i = 1; i <= 4; i++)
		fake_u32(TASK(i) + T_TGID, 1);
	open_tasks();
	put_thread(1, first, first == dumps ? WAIT_OTHER : WAIT_NONE);
	lock = lock_new(LOCK_OTHER, 0);
}

static void tear_down(void)
{
	lock_free(lock);
	close_tasks();
}

static bool add(void)
{
	return thread_group_add(kernel.sleepers, 1, lock);
}

START_TEST(such_waits_are_told_by_their_functions)
{
	struct sleeper *first = &fake_sleepers_list[0];

	set_up(executes);
	ck_assert_ptr_nonnull(thread_group_wait(first));
	executes[1].function = "begin_new_exec";
	ck_assert_ptr_nonnull(thread_group_wait(first));
	executes[0].function = "lab_hook"; /* asleep in what that calls */
	ck_assert_ptr_null(thread_group_wait(first));
	executes[0].function = "schedule";
	first->calls = sleeps;
	ck_assert_ptr_null(thread_group_wait(first));
	first->calls = dumps;
	first->kind = WAIT_OTHER;
	ck_assert_str_eq(thread_group_wait(first), "lock");
	tear_down();
}
END_TEST

START_TEST(threads_that_sleep_are_waited_for)
{
	set_up(executes);
	put_thread(2, sleeps, WAIT_NONE);
	put_thread(3, ends, WAIT_OTHER);
	put_thread(4, NULL, WAIT_NONE); /* its stack is lost: it may be about to end */
	put_thread(5, sleeps, WAIT_NONE);
	ck_assert(add());
	ck_assert_str_eq(holders_of(lock), "2");
	ck_assert(lock->holders[0].confidence < 1);
	tear_down();
}
END_TEST

START_TEST(where_none_sleeps_nobody_is_told)
{
	set_up(dumps);
	put_thread(2, ends, WAIT_OTHER);
	put_thread(5, sleeps, WAIT_NONE);
	ck_assert(!add());
	ck_assert_uint_eq(lock->holder_count, 0);
	tear_down();
}
END_TEST

UNIT_MAIN("thread_group", such_waits_are_told_by_their_functions, threads_that_sleep_are_waited_for,
	  where_none_sleeps_nobody_is_told)
