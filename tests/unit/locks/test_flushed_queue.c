/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who flushes a workqueue, and the workers that run its items: lists that loop and lie. */
#include "fake_locks.h"
#include "locks/flushed_queue.h"

/*
 * struct workqueue_struct { list_head pwqs, list; wq_flusher *first_flusher; list_head flusher_queue,
 *   flusher_overflow; char name[16]; }
 * struct wq_flusher { list_head list; int flush_color; struct completion done; }
 * struct pool_workqueue { worker_pool *pool; list_head pwqs_node; }
 * struct worker_pool { list_head workers; }
 * struct worker { list_head node; task_struct *task; func; pool_workqueue *current_pwq; }
 */
enum { Q_PWQS = 0, Q_LIST = 16, Q_FIRST = 32, Q_QUEUE = 40, Q_LATE = 56, Q_NAME = 72 };
enum { F_DONE = 24, P_NODE = 8, W_TASK = 16, W_FUNC = 24, W_PWQ = 32 };

static void queue_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"}, *const workers[] = {"workers"};
	uint32_t name = b_array(b, b_int(b, "char", 1), 16);
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t done = b_record(b, B_STRUCT, "completion", 8, 1, "done", i, 0);

	b_record(b, B_STRUCT, "workqueue_struct", 88, 6, "pwqs", list, Q_PWQS * 8, "list", list,
		 Q_LIST * 8, "first_flusher", l, Q_FIRST * 8, "flusher_queue", list, Q_QUEUE * 8,
		 "flusher_overflow", list, Q_LATE * 8, "name", name, Q_NAME * 8);
	b_record(b, B_STRUCT, "wq_flusher", 32, 3, "list", list, 0, "flush_color", i, 128, "done",
		 done, F_DONE * 8);
	b_record(b, B_STRUCT, "pool_workqueue", 24, 2, "pool", l, 0, "pwqs_node", list, P_NODE * 8);
	fake_longs(b, "worker_pool", list, workers, 1);
	b_record(b, B_STRUCT, "worker", 40, 4, "node", list, 0, "task", l, W_TASK * 8,
		 "current_func", l, W_FUNC * 8, "current_pwq", l, W_PWQ * 8);
}

#define QUEUES (FAKE_BASE + 0xd100)
#define QUEUE (FAKE_BASE + 0xd200)
#define FLUSHER (STACK(1) + 0x3d00)
#define PWQ (FAKE_BASE + 0xd300)
#define POOL (FAKE_BASE + 0xd400)
#define WORKER(i) (FAKE_BASE + 0xd500 + 0x40 * (i))
#define FUNCTION (FAKE_BASE + 0xf000)
#define FAKE_KTHREAD 0x00200000

static struct lock *lock;

static void make_empty(uint64_t head)
{
	link_nodes(head, head);
}

/* Task 1 flushes; 4 runs an item of the queue, 5 one of another. */
static void set_up(void)
{
	put_tasks(queue_types);
	fake_symbol("workqueues", QUEUES);
	fake_symbol("some_work", FUNCTION);
	link_nodes(QUEUES, QUEUE + Q_LIST);
	link_nodes(QUEUE + Q_LIST, QUEUES);
	fake_u64(QUEUE + Q_FIRST, FLUSHER);
	make_empty(QUEUE + Q_QUEUE);
	make_empty(QUEUE + Q_LATE);
	fake_put(QUEUE + Q_NAME, "lab_queue", 10);
	link_nodes(QUEUE + Q_PWQS, PWQ + P_NODE);
	link_nodes(PWQ + P_NODE, QUEUE + Q_PWQS);
	fake_u64(PWQ, POOL);
	link_nodes(POOL, WORKER(0));
	link_nodes(WORKER(0), WORKER(1));
	link_nodes(WORKER(1), POOL);
	for (int i = 0; i < 2; i++) {
		fake_u32(TASK(4 + i) + T_FLAGS, FAKE_KTHREAD);
		fake_u64(WORKER(i) + W_TASK, TASK(4 + i));
		fake_u64(WORKER(i) + W_FUNC, FUNCTION);
		fake_u64(WORKER(i) + W_PWQ, i ? PWQ + 0x100 : PWQ);
	}
	open_tasks();
}

static size_t add(void)
{
	lock_free(lock);
	lock = lock_new(LOCK_COMPLETION, FLUSHER + F_DONE);
	ck_assert_ptr_nonnull(lock);
	return flushed_queue_add(&kernel, lock);
}

static void tear_down(void)
{
	lock_free(lock);
	lock = NULL;
	close_tasks();
}

START_TEST(who_runs_the_queues_items_is_named)
{
	set_up();
	ck_assert_uint_eq(add(), 1);
	ck_assert_str_eq(holders_of(lock), "4e");
	ck_assert_str_eq(lock->place.name, "work of queue lab_queue");
	ck_assert(strstr(lock->holders[0].why, "some_work"));
	fake_u64(WORKER(1) + W_PWQ, PWQ);
	ck_assert_uint_eq(add(), 2);
	tear_down();
}
END_TEST

START_TEST(so_is_who_waits_for_his_turn)
{
	set_up();
	fake_u64(QUEUE + Q_FIRST, FLUSHER + 0x100);
	ck_assert_uint_eq(add(), 0);
	link_nodes(QUEUE + Q_LATE, FLUSHER);
	link_nodes(FLUSHER, QUEUE + Q_LATE);
	ck_assert_uint_eq(add(), 1);
	tear_down();
}
END_TEST

START_TEST(what_is_no_worker_is_not_named)
{
	set_up();
	fake_u64(WORKER(0) + W_TASK, TASK(3)); /* a user's */
	ck_assert_uint_eq(add(), 0);
	fake_u64(WORKER(0) + W_TASK, UINT64_MAX);
	ck_assert_uint_eq(add(), 0);
	ck_assert_str_eq(lock->place.name, "");
	tear_down();
}
END_TEST

START_TEST(lists_that_loop_or_lie_end)
{
	set_up();
	fake_u64(QUEUE + Q_FIRST, 0);
	link_nodes(QUEUE + Q_QUEUE, QUEUE + Q_LATE); /* never back at its head */
	ck_assert_uint_eq(add(), 0);
	fake_u64(QUEUE + Q_QUEUE, 0x10);
	ck_assert_uint_eq(add(), 0);
	fake_u64(QUEUE + Q_FIRST, FLUSHER);
	link_nodes(PWQ + P_NODE, PWQ + P_NODE);
	add();
	fake_u64(PWQ, UINT64_MAX - 3);
	ck_assert_uint_eq(add(), 0);
	fake_u64(QUEUES, 0);
	ck_assert_uint_eq(add(), 0);
	tear_down();
}
END_TEST

/* More workers than are shown. */
START_TEST(holders_have_a_bound)
{
	set_up();
	for (unsigned i = 0; i < 40; i++) {
		link_nodes(WORKER(i), i == 39 ? POOL : WORKER(i + 1));
		fake_u64(WORKER(i) + W_TASK, TASK(4));
		fake_u64(WORKER(i) + W_PWQ, PWQ);
	}
	ck_assert_uint_le(add(), 16);
	tear_down();
}
END_TEST

UNIT_MAIN("flushed_queue", who_runs_the_queues_items_is_named, so_is_who_waits_for_his_turn,
	  what_is_no_worker_is_not_named, lists_that_loop_or_lie_end, holders_have_a_bound)
