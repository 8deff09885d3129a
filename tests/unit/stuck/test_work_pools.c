/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools whose work does not begin: who keeps it from that, and lists that loop and lie. */
#include "fake_locks.h"
#include "stuck/ticks.h"

/*
 * struct workqueue_struct { list, pwqs }; struct pool_workqueue { pool, pwqs_node };
 * struct worker_pool { workers, worklist, watchdog_ts, cpu }; struct worker { node, current_func, task };
 * struct work_struct { entry, func }
 */
enum { W_PWQS = 16, Q_POOL = 0, Q_NODE = 8, P_LIST = 16, P_SINCE = 32, P_CPU = 40 };
enum { K_FUNC = 16, K_TASK = 24, I_FUNC = 16 };

#define QUEUES (FAKE_BASE + 0xa000) /* the list of all */
#define QUEUE (FAKE_BASE + 0xa100)
#define PWQ (FAKE_BASE + 0xa200)
#define POOL (FAKE_BASE + 0xa300)
#define WORKER(i) (FAKE_BASE + 0xa400 + 0x40 * (uint64_t)(i))
#define WORK(i) (FAKE_BASE + 0xa800 + 0x20 * (uint64_t)(i))
#define CODE(i) (0xffffffff81000000ull + 0x100 * (uint64_t)(i))

static double stalled_s;

double ticks_since(struct kernel *of, uint64_t jiffies)
{
	(void)of;
	return jiffies == 1000 ? stalled_s : 0;
}

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);

	b_record(b, B_STRUCT, "workqueue_struct", 32, 2, "list", list, 0, "pwqs", list, W_PWQS * 8);
	b_record(b, B_STRUCT, "pool_workqueue", 24, 2, "pool", l, Q_POOL * 8, "pwqs_node", list,
		 Q_NODE * 8);
	b_record(b, B_STRUCT, "worker_pool", 48, 4, "workers", list, 0, "worklist", list,
		 P_LIST * 8, "watchdog_ts", l, P_SINCE * 8, "cpu", i, P_CPU * 8);
	b_record(b, B_STRUCT, "worker", 32, 3, "node", list, 0, "current_func", l, K_FUNC * 8,
		 "task", l, K_TASK * 8);
	b_record(b, B_STRUCT, "work_struct", 24, 2, "entry", list, 0, "func", l, I_FUNC * 8);
}

static void ring(uint64_t head, uint64_t first, uint64_t second)
{
	link_nodes(head, first);
	link_nodes(first, second);
	link_nodes(second, head);
}

/* Tasks 1 and 2 are the workers of CPU 3's pool; 2 is at an item, two more have not begun. */
static void set_up(void)
{
	put_tasks(types);
	fake_symbol("workqueues", QUEUES);
	fake_symbol("lab_spin", CODE(1));
	fake_symbol("lab_late", CODE(2));
	fake_symbol("lab_end", CODE(3));
	link_nodes(QUEUES, QUEUE);
	link_nodes(QUEUE, QUEUES);
	link_nodes(QUEUE + W_PWQS, PWQ + Q_NODE);
	link_nodes(PWQ + Q_NODE, QUEUE + W_PWQS);
	fake_u64(PWQ + Q_POOL, POOL);
	fake_u64(POOL + P_SINCE, 1000);
	fake_u32(POOL + P_CPU, 3);
	ring(POOL, WORKER(1), WORKER(2));
	ring(POOL + P_LIST, WORK(1), WORK(2));
	fake_u64(WORK(1) + I_FUNC, CODE(2));
	for (int i = 1; i <= 2; i++)
		fake_u64(WORKER(i) + K_TASK, TASK(i));
	fake_u64(WORKER(2) + K_FUNC, CODE(1));
	stalled_s = 9;
	open_tasks();
	put_asleep(1, WAIT_NONE, MODE_UNKNOWN);
	put_asleep(2, WAIT_NONE, MODE_UNKNOWN);
}

static void runs(int pid)
{
	struct task *task = (struct task *)tasks_by_pid(kernel.tasks, pid);

	task->state = 'R';
	task->on_cpu = 3;
}

static void expect(const char *words, const char *others)
{
	ck_assert(run_again(&work_pool_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_int_eq(found.list[0].id, FINDING_STUCK_WORK);
	ck_assert_msg(strstr(found.list[0].headline, words) &&
			      strstr(found.list[0].headline, others),
		      "%s", found.list[0].headline);
	close_tasks();
}

static void expect_nothing(void)
{
	ck_assert(run_again(&work_pool_analyzer));
	ck_assert_uint_eq(found.count, 0);
	close_tasks();
}

START_TEST(one_that_never_sleeps)
{
	set_up();
	runs(2);
	expect("work item lab_spin keeps the workers of CPU 3 from all others: task/2",
	       "2 work items wait for 9.0 s, lab_late first");
}
END_TEST

START_TEST(all_asleep_and_none_left)
{
	set_up();
	fake_u64(WORKER(1) + K_FUNC, CODE(1));
	fake_u32(POOL + P_CPU, 0xffffffff);
	expect("the workers of an unbound pool are all at work items that sleep, 2 of them",
	       "in work item lab_spin; 2 work items wait");
}
END_TEST

START_TEST(pools_that_go_on)
{
	set_up(); /* there is one that has nothing to do: it will begin */
	expect_nothing();
	set_up(); /* ready, without a CPU: somebody else has it */
	((struct task *)tasks_by_pid(kernel.tasks, 2))->state = 'R';
	expect_nothing();
	set_up(); /* one began just now */
	runs(2);
	stalled_s = 1;
	expect_nothing();
	set_up(); /* nothing to begin */
	runs(2);
	link_nodes(POOL + P_LIST, POOL + P_LIST);
	expect_nothing();
}
END_TEST

START_TEST(lists_that_loop_and_lie)
{
	set_up();
	runs(2);
	fake_u64(WORK(2), WORK(1));
	ck_assert(run_again(&work_pool_analyzer));
	close_tasks();
	set_up();
	runs(2);
	fake_u64(WORKER(1), WORKER(1));
	expect_nothing();
	set_up();
	runs(2);
	fake_u64(WORKER(2) + K_TASK, 0x4141414141414141);
	expect_nothing();
	set_up();
	runs(2);
	fake_u64(PWQ + Q_POOL, 0x4141414141414141);
	expect_nothing();
}
END_TEST

UNIT_MAIN("work_pools", one_that_never_sleeps, all_asleep_and_none_left, pools_that_go_on,
	  lists_that_loop_and_lie)
