/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mutexes of every era: whom the owner word names, and what cannot be a mutex. */
#include "fake_locks.h"
#include "kernel/tasks/tasks.h"

enum { OWNER = 0, COUNT = 8, LIST = 16 };

static uint32_t waiter_types(struct btf_build *b, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);

	b_record(b, B_STRUCT, "mutex_waiter", 24, 2, "list", list, 0, "task", l, 128);
	return list;
}

/* Until 4.9: a count, and an owner that is a task, or a thread_info before 3.1. */
static void types_count(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = waiter_types(b, l);

	b_record(b, B_STRUCT, "mutex", 32, 3, "owner", l, OWNER * 8, "count", i, COUNT * 8,
		 "wait_list", list, LIST * 8);
}

static void types_flags(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = waiter_types(b, l);

	(void)i;
	b_record(b, B_STRUCT, "mutex", 32, 2, "owner", l, OWNER * 8, "wait_list", list, LIST * 8);
}

/* Tasks 2, 1 and 3 wait; the types decide what owner and count mean. */
static void set_up(void (*types)(struct btf_build *b, uint32_t i, uint32_t l), uint64_t owner,
		   int32_t count)
{
	put_tasks(types);
	fake_u64(LOCK + OWNER, owner);
	if (types == types_count)
		fake_u32(LOCK + COUNT, (uint32_t)count);
	link_nodes(LOCK + LIST, WAITER(2));
	link_nodes(WAITER(2), WAITER(1));
	link_nodes(WAITER(1), WAITER(3));
	link_nodes(WAITER(3), LOCK + LIST);
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(WAITER(pid) + 16, TASK(pid));
	open_tasks();
	for (int pid = 1; pid <= 3; pid++)
		put_asleep(pid, WAIT_MUTEX, MODE_EXCLUSIVE);
}

static void expect(const char *holders, const char *evidence)
{
	ck_assert(run_again(&mutex_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "2e 1e 3e");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), holders);
	ck_assert_str_eq(lock_at(LOCK)->holders[0].evidence, evidence);
	close_tasks();
}

static void expect_none(void)
{
	ck_assert(run_again(&mutex_analyzer));
	ck_assert_uint_eq(found.count, 3);
	for (size_t i = 0; i < found.count; i++)
		ck_assert_int_eq(found.list[i].id, FINDING_LOCK_OTHER);
	close_tasks();
}

START_TEST(owners_of_el7_and_el6)
{
	set_up(types_count, TASK(4), -1);
	expect("4e", "proven");
	set_up(types_count, STACK(5), -1); /* a thread_info, at the bottom of its task's stack */
	expect("5e", "proven");
	set_up(types_count, 0, 0); /* taken, and its owner not yet written */
	expect("?e", "missing");
	set_up(types_count, 0x4141414141414141, -3);
	expect("?e", "missing");
	set_up(types_count, TASK(4), 2); /* more than free */
	expect_none();
	set_up(types_count, TASK(4), INT32_MIN);
	expect_none();
}
END_TEST

START_TEST(owner_and_flags_since_4_10)
{
	set_up(types_flags, TASK(4) | 1, 0);
	expect("4e", "proven");
	set_up(types_flags, TASK(4) | 7, 0); /* waiters, handoff, pickup */
	expect("4e", "proven");
	set_up(types_flags, TASK(4), 0); /* says that nobody waits */
	expect_none();
	set_up(types_flags, 0x4141414141414141 | 1, 0); /* no task's */
	expect_none();
}
END_TEST

/* Free, with a queue: whoever was woken takes it next. */
START_TEST(a_mutex_on_its_way_to_the_next)
{
	set_up(types_flags, 1, 0);
	expect("?e", "missing");
	set_up(types_flags, 1, 0);
	((struct task *)tasks_by_pid(kernel.tasks, 2))->state = 'R';
	expect("2e", "inferred");
	/* Handed over while the next owner still stands in the list. */
	set_up(types_flags, TASK(2) | 5, 0);
	((struct task *)tasks_by_pid(kernel.tasks, 2))->state = 'R';
	expect("2e", "proven");
	set_up(types_flags, TASK(2) | 5, 0); /* and not woken so far: it does not wait for itself */
	expect("?e", "missing");
}
END_TEST

/* The owner's word alone says so, and no call on the task's stack took it. */
START_TEST(a_waiter_that_is_said_to_be_the_owner)
{
	set_up(types_flags, TASK(2) | 1, 0);
	ck_assert(run_again(&mutex_analyzer));
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "2e");
	ck_assert_str_eq(lock_at(LOCK)->holders[0].evidence, "inferred");
	ck_assert(lock_at(LOCK)->holders[0].confidence <= 0.5);
	close_tasks();
}
END_TEST

#define EXITING 4 /* PF_EXITING */

static void put_dead(uint32_t flags, int pid, const char *comm)
{
	fake_dead = TASK(6);
	fake_u32(TASK(6) + T_FLAGS, flags);
	fake_u32(TASK(6) + T_PID, (uint32_t)pid);
	fake_put(TASK(6) + T_COMM, comm, strlen(comm) + 1);
}

/* Its owner has ended: no list has it, its memory may still say who it was. */
START_TEST(an_owner_that_is_no_more)
{
	set_up(types_flags, TASK(6) | 1, 0);
	put_dead(EXITING, 77, "gone");
	expect("77e", "inferred");
	/* Used again, for something else: nobody is made up. */
	set_up(types_flags, TASK(6) | 1, 0);
	put_dead(0x41414141, 0x41414141, "\x01\x02");
	expect("0e", "inferred");
	set_up(types_flags, TASK(6) | 1, 0);
	put_dead(EXITING, -5, "gone");
	ck_assert(run_again(&mutex_analyzer));
	const struct task *dead = lock_at(LOCK)->holders[0].task;
	ck_assert(dead->dead);
	ck_assert_int_eq(dead->pid, 0);
	ck_assert(strstr(lock_at(LOCK)->headline.data, "held by a task that has ended"));
	close_tasks();
	/* On the list, but a zombie. */
	set_up(types_flags, TASK(4) | 1, 0);
	((struct task *)tasks_by_pid(kernel.tasks, 4))->state = 'Z';
	expect("4e", "inferred");
	/* No task was ever there. */
	set_up(types_flags, TASK(6) | 1, 0);
	expect_none();
}
END_TEST

static struct task *task_of(int pid)
{
	return (struct task *)tasks_by_pid(kernel.tasks, pid);
}

/* Task 4 sleeps as a program of user space does, in this function. */
static const struct lock_holder *owner_asleep_in(const char *function)
{
	static struct call calls[] = {{.function = "schedule", .address = 1},
				      {.function = "", .address = 1},
				      {.function = "entry_SYSCALL_64_after_hwframe", .address = 1}};

	calls[1].function = function;
	set_up(types_flags, TASK(4) | 1, 0);
	struct sleeper *owner = put_asleep(4, WAIT_NONE, MODE_UNKNOWN);
	owner->calls = calls;
	owner->call_count = ARRAY_SIZE(calls);
	task_of(4)->state = 'S';
	task_of(4)->mm = 1;
	task_of(4)->start_time = 1;
	task_of(2)->blocked_ns = 5;
	ck_assert(run_again(&mutex_analyzer));
	return lock_at(LOCK)->holders;
}

START_TEST(an_owner_that_came_back_with_it)
{
	const struct lock_holder *holder = owner_asleep_in("hrtimer_nanosleep");

	ck_assert_int_eq(holder->task->pid, 4);
	ck_assert(holder->left);
	ck_assert_double_eq(holder->confidence, 0.8);
	close_tasks();
	/* Which may have called what took the lock for it. */
	holder = owner_asleep_in("lab_wait");
	ck_assert(!holder->left);
	ck_assert_double_eq(holder->confidence, 0.8);
	close_tasks();
}
END_TEST

START_TEST(lists_that_loop_are_not_believed)
{
	set_up(types_flags, TASK(4) | 1, 0);
	link_nodes(WAITER(3), WAITER(2)); /* a ring that misses its head */
	expect_none();
	set_up(types_flags, TASK(4) | 1, 0);
	link_nodes(WAITER(3), WAITER(1));
	expect_none();
	set_up(types_flags, TASK(4) | 1, 0);
	link_nodes(WAITER(2), WAITER(2));
	expect_none();
}
END_TEST

UNIT_MAIN("mutex", owners_of_el7_and_el6, owner_and_flags_since_4_10,
	  a_mutex_on_its_way_to_the_next, an_owner_that_is_no_more,
	  a_waiter_that_is_said_to_be_the_owner, an_owner_that_came_back_with_it,
	  lists_that_loop_are_not_believed)
