/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work items that do not end: what is behind them, and lists that loop. */
#include "fake_locks.h"

/*
 * struct workqueue_struct { list, pwqs, name }; struct pool_workqueue { pool, pwqs_node, inactive_works };
 * struct worker_pool { workers }; struct worker { node, current_pwq, current_func, task }
 */
enum { W_PWQS = 16, W_NAME = 32, Q_POOL = 0, Q_NODE = 8, Q_INACTIVE = 24 };
enum { K_PWQ = 16, K_FUNC = 24, K_TASK = 32 };

#define QUEUES (FAKE_BASE + 0xa000) /* the list of all */
#define QUEUE (FAKE_BASE + 0xa100)
#define PWQ (FAKE_BASE + 0xa200)
#define POOL (FAKE_BASE + 0xa300)
#define WORKER(i) (FAKE_BASE + 0xa400 + 0x40 * (uint64_t)(i))
#define WORK(i) (FAKE_BASE + 0xa800 + 0x20 * (uint64_t)(i))

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t name = b_array(b, b_int(b, "char", 1), 32);

	(void)i;
	b_record(b, B_STRUCT, "workqueue_struct", 64, 3, "list", list, 0, "pwqs", list, W_PWQS * 8,
		 "name", name, W_NAME * 8);
	b_record(b, B_STRUCT, "pool_workqueue", 40, 3, "pool", l, Q_POOL * 8, "pwqs_node", list,
		 Q_NODE * 8, "inactive_works", list, Q_INACTIVE * 8);
	b_record(b, B_STRUCT, "worker_pool", 16, 1, "workers", list, 0);
	b_record(b, B_STRUCT, "worker", 40, 4, "node", list, 0, "current_pwq", l, K_PWQ * 8,
		 "current_func", l, K_FUNC * 8, "task", l, K_TASK * 8);
}

/* Tasks 1 and 2 are the pool's workers; 2 runs an item of the queue, behind which two wait. */
static void set_up(void)
{
	put_tasks(types);
	fake_symbol("workqueues", QUEUES);
	link_nodes(QUEUES, QUEUE);
	link_nodes(QUEUE, QUEUES);
	link_nodes(QUEUE + W_PWQS, PWQ + Q_NODE);
	link_nodes(PWQ + Q_NODE, QUEUE + W_PWQS);
	fake_put(QUEUE + W_NAME, "orders", 7);
	fake_u64(PWQ + Q_POOL, POOL);
	link_nodes(POOL, WORKER(1));
	link_nodes(WORKER(1), WORKER(2));
	link_nodes(WORKER(2), POOL);
	for (int i = 1; i <= 2; i++)
		fake_u64(WORKER(i) + K_TASK, TASK(i));
	fake_u64(WORKER(2) + K_PWQ, PWQ);
	link_nodes(PWQ + Q_INACTIVE, WORK(1));
	link_nodes(WORK(1), WORK(2));
	link_nodes(WORK(2), PWQ + Q_INACTIVE);
	open_tasks();
	put_asleep(2, WAIT_NONE, MODE_UNKNOWN);
}

static void expect_nothing(void)
{
	ck_assert(run_again(&work_queue_analyzer));
	ck_assert_uint_eq(found.count, 0);
	close_tasks();
}

START_TEST(an_item_that_sleeps_with_others_behind_it)
{
	set_up();
	((struct task *)tasks_by_pid(kernel.tasks, 2))->blocked_ns = 12000000000;
	ck_assert(run_again(&work_queue_analyzer));
	ck_assert_uint_eq(found.count, 1);
	const struct finding *said = &found.list[0];
	ck_assert_int_eq(said->id, FINDING_STUCK_WORK);
	ck_assert_msg(strstr(said->headline, "of workqueue orders does not end: task/2"), "%s",
		      said->headline);
	ck_assert_msg(strstr(said->headline, "for 12.0 s; 2 work items wait"), "%s",
		      said->headline);
	close_tasks();
}
END_TEST

START_TEST(queues_that_go_on)
{
	set_up(); /* nobody waits */
	link_nodes(PWQ + Q_INACTIVE, PWQ + Q_INACTIVE);
	expect_nothing();
	set_up(); /* the item runs */
	((struct task *)tasks_by_pid(kernel.tasks, 2))->state = 'R';
	expect_nothing();
	set_up(); /* it is another queue's */
	fake_u64(WORKER(2) + K_PWQ, PWQ + 0x1000);
	expect_nothing();
}
END_TEST

START_TEST(lists_that_loop_and_lie)
{
	set_up();
	fake_u64(WORK(2), WORK(1)); /* the works: counted until it is seen */
	ck_assert(run_again(&work_queue_analyzer));
	close_tasks();
	set_up();
	fake_u64(WORKER(1), WORKER(1));
	expect_nothing();
	set_up();
	fake_u64(QUEUE, QUEUE);
	ck_assert(run_again(&work_queue_analyzer));
	close_tasks();
	set_up();
	fake_u64(PWQ + Q_POOL, 0x4141414141414141);
	expect_nothing();
	set_up();
	fake_u64(WORKER(2) + K_TASK, 0x4141414141414141);
	expect_nothing();
}
END_TEST

UNIT_MAIN("work_queues", an_item_that_sleeps_with_others_behind_it, queues_that_go_on,
	  lists_that_loop_and_lie)
