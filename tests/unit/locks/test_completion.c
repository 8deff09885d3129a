/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completions, and the kworker that runs what flush_work() waits for: lists that loop and lie. */
#include "fake_locks.h"

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

/*
 * struct swait_queue { struct list_head task_list; struct task_struct *task; }
 * struct completion { unsigned done; struct swait_queue_head { raw lock; list_head task_list; } wait; }
 * struct wq_barrier { struct work_struct { long data; list_head entry; func } work; completion done; }
 * struct worker { list_head scheduled; struct task_struct *task; work_func_t current_func; }
 */
enum { C_LIST = 16, B_ENTRY = 8, B_DONE = 32, W_TASK = 16, W_FUNC = 24 };

static void completion_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t raw = b_record(b, B_STRUCT, "raw_spinlock", 8, 1, "raw_lock", l, 0);
	uint32_t head = b_record(b, B_STRUCT, "swait_queue_head", 24, 2, "lock", raw, 0,
				 "task_list", list, 64);
	uint32_t done = b_record(b, B_STRUCT, "completion", 32, 2, "done", i, 0, "wait", head, 64);
	uint32_t work = b_record(b, B_STRUCT, "work_struct", 32, 3, "data", l, 0, "entry", list,
				 B_ENTRY * 8, "func", l, 192);

	b_record(b, B_STRUCT, "swait_queue", 24, 2, "task_list", list, 0, "task", l, 128);
	b_record(b, B_STRUCT, "wq_barrier", 64, 2, "work", work, 0, "done", done, B_DONE * 8);
	b_record(b, B_STRUCT, "worker", 32, 3, "scheduled", list, 0, "task", l, W_TASK * 8,
		 "current_func", l, W_FUNC * 8);
}

/*
 * v4.6 to v4.12: simple wait queues exist, and completions do not use them yet.
 * struct __wait_queue { unsigned flags; void *private; void *func; struct list_head task_list; }
 */
enum { F_PRIVATE = 8, F_LIST = 24 };

static void full_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t raw = b_record(b, B_STRUCT, "raw_spinlock", 8, 1, "raw_lock", l, 0);
	uint32_t lock = b_record(b, B_STRUCT, "spinlock", 8, 1, "rlock", raw, 0);
	uint32_t head = b_record(b, B_STRUCT, "__wait_queue_head", 24, 2, "lock", lock, 0,
				 "task_list", list, 64);

	b_record(b, B_STRUCT, "completion", 32, 2, "done", i, 0, "wait", head, 64);
	b_record(b, B_STRUCT, "swait_queue", 24, 2, "task_list", list, 0, "task", l, 128);
	b_record(b, B_STRUCT, "__wait_queue", 40, 4, "flags", i, 0, "private", l, F_PRIVATE * 8,
		 "func", l, 128, "task_list", list, F_LIST * 8);
}

#define BARRIER (STACK(1) + 0x3d00)
#define ENTRY (BARRIER + B_ENTRY)
#define DONE (BARRIER + B_DONE)
#define WORKER (FAKE_BASE + 0xe000)
#define OTHER_WORK (FAKE_BASE + 0xe100) /* queued behind the running one as well */
#define FUNCTION (FAKE_BASE + 0xf000)
#define FAKE_KTHREAD 0x00200000

static void put_waiter(int pid, uint64_t head)
{
	link_nodes(head, WAITER(pid));
	link_nodes(WAITER(pid), head);
	fake_u64(WAITER(pid) + 16, TASK(pid));
}

/* Task 1 flushes work that kworker 4 runs; its barrier is the second in the worker's list. */
static void set_up(void)
{
	put_tasks(completion_types);
	fake_symbol("some_work", FUNCTION);
	fake_u32(TASK(4) + T_FLAGS, FAKE_KTHREAD);
	put_waiter(1, DONE + C_LIST);
	link_nodes(WORKER, OTHER_WORK);
	link_nodes(OTHER_WORK, ENTRY);
	link_nodes(ENTRY, WORKER);
	fake_u64(WORKER + W_TASK, TASK(4));
	fake_u64(WORKER + W_FUNC, FUNCTION);
	open_tasks();
	put_asleep(1, WAIT_WORK, MODE_EXCLUSIVE);
}

static void expect(const char *holders)
{
	ck_assert(run_again(&completion_analyzer));
	ck_assert_str_eq(waiters_of(lock_at(DONE)), "1e");
	ck_assert_str_eq(holders_of(lock_at(DONE)), holders);
}

START_TEST(flushed_work_names_its_worker)
{
	set_up();
	expect("4e");
	ck_assert_str_eq(lock_at(DONE)->place.name, "work item some_work");
	fake_u64(WORKER + W_FUNC, 0); /* between two works */
	expect("4e");
	ck_assert_str_eq(lock_at(DONE)->place.name, "work item unknown");
	close_tasks();
}
END_TEST

START_TEST(a_worker_that_is_none_is_not_named)
{
	set_up();
	fake_u64(WORKER + W_TASK, TASK(3)); /* no kernel thread */
	expect("?e");
	fake_u64(WORKER + W_TASK, 0x4141414141414141);
	expect("?e");
	close_tasks();
}
END_TEST

START_TEST(worker_lists_that_loop_end)
{
	set_up();
	fake_u64(WORKER + W_TASK, 0);
	link_nodes(ENTRY, OTHER_WORK); /* past the worker, round and round */
	link_nodes(OTHER_WORK, OTHER_WORK);
	expect("?e");
	link_nodes(ENTRY, ENTRY);
	expect("?e");
	fake_u64(ENTRY, 0x10);
	expect("?e");
	link_nodes(ENTRY, WORKER);
	fake_u64(WORKER + W_TASK, TASK(4));
	fake_u64(WORKER + 8, OTHER_WORK); /* its prev is not who came before */
	expect("?e");
	close_tasks();
}
END_TEST

/* A list longer than any worker's: a walk without a bound would find the worker at its end. */
START_TEST(worker_lists_without_end_are_given_up)
{
	const uint64_t works = FAKE_BASE + 0x28000;
	const unsigned count = 4200;

	set_up();
	link_nodes(ENTRY, works);
	for (unsigned i = 0; i + 1 < count; i++)
		link_nodes(works + 16 * i, works + 16 * (i + 1));
	link_nodes(works + 16 * (count - 1), WORKER);
	expect("?e");
	close_tasks();
}
END_TEST

/* Tasks 1 to 3 wait for what nobody is on record to complete. */
static void set_up_plain(uint32_t done)
{
	put_tasks(completion_types);
	fake_u32(LOCK, done);
	link_nodes(LOCK + C_LIST, WAITER(1));
	link_nodes(WAITER(1), WAITER(2));
	link_nodes(WAITER(2), WAITER(3));
	link_nodes(WAITER(3), LOCK + C_LIST);
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(WAITER(pid) + 16, TASK(pid));
	open_tasks();
	for (int pid = 1; pid <= 3; pid++)
		put_asleep(pid, WAIT_COMPLETION, MODE_EXCLUSIVE);
}

START_TEST(a_completion_is_told_once_with_all_its_waiters)
{
	set_up_plain(0);
	ck_assert(run_again(&completion_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "1e 2e 3e");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "?e");
	close_tasks();
}
END_TEST

START_TEST(a_completion_on_a_full_wait_queue)
{
	const uint64_t head = LOCK + C_LIST;

	put_tasks(full_types);
	fake_u32(LOCK, 0);
	link_nodes(head, WAITER(1) + F_LIST);
	link_nodes(WAITER(1) + F_LIST, WAITER(2) + F_LIST);
	link_nodes(WAITER(2) + F_LIST, head);
	for (int pid = 1; pid <= 2; pid++)
		fake_u64(WAITER(pid) + F_PRIVATE, TASK(pid));
	open_tasks();
	for (int pid = 1; pid <= 2; pid++)
		put_asleep(pid, WAIT_COMPLETION, MODE_EXCLUSIVE);
	ck_assert(run_again(&completion_analyzer));
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "1e 2e");
	close_tasks();
}
END_TEST

/* Each sleeper is still told, as one whose lock was not found. */
static void expect_unknown(void)
{
	ck_assert(run_again(&completion_analyzer));
	ck_assert_uint_eq(found.count, 3);
	for (size_t i = 0; i < found.count; i++) {
		ck_assert_int_eq(found.list[i].id, FINDING_LOCK_OTHER);
		ck_assert_uint_eq(facts.locks.list[i]->address, 0);
	}
	close_tasks();
}

START_TEST(completions_that_cannot_be_are_not_believed)
{
	set_up_plain(1); /* completed: nobody would sleep */
	expect_unknown();
	set_up_plain(0);
	link_nodes(WAITER(3), WAITER(2)); /* a ring that misses its head */
	expect_unknown();
	set_up_plain(0);
	fake_u64(WAITER(2), 0x10);
	expect_unknown();
}
END_TEST

/* init_completion() where tasks 1 to 3 wait: they lead to it, and it to nobody. complete() has come since. */
static void set_up_remade(void)
{
	set_up_plain(1);
	link_nodes(LOCK + C_LIST, LOCK + C_LIST);
	fake_u64(WAITER(1) + 8, LOCK + C_LIST);
	fake_u64(WAITER(3), LOCK + C_LIST);
}

START_TEST(a_completion_that_was_initialised_again)
{
	set_up_remade();
	ck_assert(run_again(&completion_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "1e 2e 3e");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "?e");
	ck_assert(strstr(lock_at(LOCK)->because.data, "initialised again while task/1 waited"));
	close_tasks();
}
END_TEST

START_TEST(what_is_broken_was_not_initialised_again)
{
	set_up_remade();
	fake_u64(LOCK + C_LIST + 8, WAITER(3)); /* one end alone */
	expect_unknown();
	set_up_remade();
	fake_u64(WAITER(3), 0x10);
	expect_unknown();
	set_up_remade();
	fake_u64(WAITER(3), WAITER(2)); /* never comes to the head */
	expect_unknown();
	set_up_remade();
	fake_u64(LOCK + C_LIST, 0); /* a head in no order itself */
	expect_unknown();
}
END_TEST

UNIT_MAIN("completion", flushed_work_names_its_worker, a_worker_that_is_none_is_not_named,
	  worker_lists_that_loop_end, worker_lists_without_end_are_given_up,
	  a_completion_is_told_once_with_all_its_waiters, a_completion_on_a_full_wait_queue,
	  completions_that_cannot_be_are_not_believed, a_completion_that_was_initialised_again,
	  what_is_broken_was_not_initialised_again)
