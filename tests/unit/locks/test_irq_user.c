/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt that somebody waits for, and the threads of its handlers: chains that loop and lie. */
#include "fake_locks.h"
#include "locks/irq_user.h"

/*
 * struct irq_desc { struct { unsigned irq; } irq_data; atomic_t threads_active; struct irqaction *action; }
 * struct irqaction { unsigned irq; struct task_struct *thread; struct irqaction *next; }
 */
enum { D_IRQ = 0, D_ACTIVE = 4, D_ACTION = 8, A_IRQ = 0, A_THREAD = 8, A_NEXT = 16 };

static void irq_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t data = b_record(b, B_STRUCT, "irq_data", 4, 1, "irq", i, 0);
	uint32_t atomic = b_record(b, B_STRUCT, "atomic_t", 4, 1, "counter", i, 0);

	b_record(b, B_STRUCT, "irq_desc", 16, 3, "irq_data", data, 0, "threads_active", atomic,
		 D_ACTIVE * 8, "action", l, D_ACTION * 8);
	b_record(b, B_STRUCT, "irqaction", 24, 3, "irq", i, 0, "thread", l, A_THREAD * 8, "next", l,
		 A_NEXT * 8);
}

#define DESC (FAKE_BASE + 0xd200)
#define ACTION(i) (FAKE_BASE + 0xd300 + 0x40 * (uint64_t)(i))
#define FAKE_KTHREAD 0x00200000

static struct call calls[] = {{.function = "schedule"}, {.function = "synchronize_irq"}};
static struct sleeper *sleeper;
static struct irq_user user;

static void put_action(int i, int pid, uint64_t next)
{
	fake_u32(ACTION(i) + A_IRQ, 5);
	fake_u64(ACTION(i) + A_THREAD, TASK(pid));
	fake_u64(ACTION(i) + A_NEXT, next);
}

/* Task 1 waits for IRQ 5, which tasks 3 and 4 serve. */
static void set_up(void)
{
	put_tasks(irq_types);
	for (int pid = 3; pid <= 4; pid++) {
		fake_u32(TASK(pid) + T_FLAGS, FAKE_KTHREAD);
		fake_put(TASK(pid) + T_COMM, "irq/5-lab", 10);
	}
	fake_u32(DESC + D_IRQ, 5);
	fake_u32(DESC + D_ACTIVE, 1);
	fake_u64(DESC + D_ACTION, ACTION(0));
	put_action(0, 3, ACTION(1));
	put_action(1, 4, 0);
	fake_u64(STACK(1) + 0x3d00, DESC);
}

static size_t find(void)
{
	open_tasks();
	sleeper = put_asleep(1, WAIT_OTHER, MODE_UNKNOWN);
	sleeper->calls = calls;
	sleeper->call_count = ARRAY_SIZE(calls);
	irq_user_find(&kernel, sleeper, &user);
	size_t count = user.count;
	ck_assert(!user.desc == !count);
	close_tasks();
	return count;
}

START_TEST(threads_at_work_are_found)
{
	set_up();
	ck_assert_uint_eq(find(), 2);
	ck_assert_uint_eq(user.irq, 5);
	set_up();
	fake_u32(TASK(3) + T_STATE, 1); /* waits for its next interrupt */
	ck_assert_uint_eq(find(), 1);
	ck_assert_int_eq(user.threads[0] != NULL, 1);
}
END_TEST

START_TEST(what_is_none_is_not_believed)
{
	set_up();
	fake_u32(DESC + D_ACTIVE, 0); /* nobody is at work */
	ck_assert_uint_eq(find(), 0);
	set_up();
	fake_u32(ACTION(0) + A_IRQ, 6); /* another interrupt's */
	ck_assert_uint_eq(find(), 0);
	set_up();
	fake_u64(DESC + D_ACTION, 0x4141414141414141);
	ck_assert_uint_eq(find(), 0);
	set_up();
	fake_put(TASK(3) + T_COMM, "lab", 4);
	fake_u64(ACTION(0) + A_NEXT, 0);
	ck_assert_uint_eq(find(), 0);
	set_up();
	calls[1].function = "lab_wait";
	ck_assert_uint_eq(find(), 0);
	calls[1].function = "synchronize_irq";
}
END_TEST

START_TEST(a_chain_in_a_circle_ends)
{
	set_up();
	put_action(1, 4, ACTION(0));
	ck_assert_uint_eq(find(), IRQ_THREADS_MAX);
}
END_TEST

START_TEST(holders_are_the_threads)
{
	struct lock *lock;

	set_up();
	open_tasks();
	user = (struct irq_user){
		.desc = DESC, .irq = 5, .threads = {tasks_by_pid(kernel.tasks, 3)}, .count = 1};
	lock = lock_new(LOCK_OTHER, 0);
	irq_user_add(&user, lock);
	ck_assert_str_eq(holders_of(lock), "3");
	ck_assert(strstr(lock->holders[0].why, "IRQ 5"));
	lock_free(lock);
	close_tasks();
}
END_TEST

UNIT_MAIN("irq_user", threads_at_work_are_found, what_is_none_is_not_believed,
	  a_chain_in_a_circle_ends, holders_are_the_threads)
