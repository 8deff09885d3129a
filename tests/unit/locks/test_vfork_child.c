/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits in vfork(), and the child whose task_struct leads to what he waits for. */
#include "fake_locks.h"
#include "locks/vfork_child.h"

static struct call call;
static struct sleeper *parent;
static struct lock *lock;

/* Task 1 has forked task 2. */
static void set_up(void)
{
	put_tasks(NULL);
	fake_u64(TASK(2) + T_VFORK, LOCK);
	open_tasks();
	call.function = "kernel_clone";
	parent = put_asleep(1, WAIT_COMPLETION, MODE_EXCLUSIVE);
	parent->calls = &call;
	parent->call_count = 1;
}

static bool add(void)
{
	lock_free(lock);
	lock = lock_new(LOCK_COMPLETION, LOCK);
	ck_assert_ptr_nonnull(lock);
	return vfork_child_add(&kernel, parent, lock);
}

static void tear_down(void)
{
	lock_free(lock);
	lock = NULL;
	close_tasks();
}

START_TEST(the_child_that_leads_there_is_named)
{
	set_up();
	ck_assert(add());
	ck_assert_str_eq(holders_of(lock), "2e");
	ck_assert_str_eq(lock->holders[0].evidence, EVIDENCE_PROVEN);
	ck_assert_str_eq(lock->place.name, "the exec or end of a vfork child");
	tear_down();
}
END_TEST

START_TEST(a_child_that_leads_elsewhere_is_not)
{
	set_up();
	fake_u64(TASK(2) + T_VFORK, LOCK + 8);
	ck_assert(!add());
	fake_u64(TASK(2) + T_VFORK, 0);
	ck_assert(!add());
	ck_assert_uint_eq(lock->holder_count, 0);
	ck_assert_str_eq(lock->place.name, "");
	tear_down();
}
END_TEST

START_TEST(who_waits_for_something_else_is_not_looked_at)
{
	set_up();
	call.function = "lab_reset";
	ck_assert(!add());
	parent->call_count = 0;
	ck_assert(!add());
	tear_down();
}
END_TEST

UNIT_MAIN("vfork_child", the_child_that_leads_there_is_named, a_child_that_leads_elsewhere_is_not,
	  who_waits_for_something_else_is_not_looked_at)
