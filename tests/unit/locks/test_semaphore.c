/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semaphores and percpu_rwsems: who waits, who has it, and wait lists that loop and lie. */
#include "fake_locks.h"

/*
 * struct semaphore { unsigned count; struct list_head wait_list; task_struct *last_holder; }
 * struct percpu_rw_semaphore { struct rcuwait { task } writer; wait_queue_head { lock, head } waiters;
 *				atomic_t block; }
 * struct wait_queue_entry { unsigned flags; void *private; func; struct list_head entry; }
 */
enum { S_LIST = 8, S_LAST = 24, P_WRITER = 0, P_HEAD = 16, P_BLOCK = 32 };
enum { E_PRIVATE = 8, E_ENTRY = 24 };

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"}, *const task[] = {"task"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t rcuwait = fake_longs(b, "rcuwait", l, task, 1);
	uint32_t head =
		b_record(b, B_STRUCT, "wait_queue_head", 24, 2, "lock", l, 0, "head", list, 64);

	b_record(b, B_STRUCT, "semaphore", 32, 3, "count", i, 0, "wait_list", list, S_LIST * 8,
		 "last_holder", l, S_LAST * 8);
	b_record(b, B_STRUCT, "semaphore_waiter", 24, 2, "list", list, 0, "task", l, 128);
	b_record(b, B_STRUCT, "percpu_rw_semaphore", 40, 3, "writer", rcuwait, P_WRITER * 8,
		 "waiters", head, 64, "block", i, P_BLOCK * 8);
	b_record(b, B_STRUCT, "wait_queue_entry", 40, 4, "flags", i, 0, "private", l, E_PRIVATE * 8,
		 "func", l, 128, "entry", list, E_ENTRY * 8);
}

/* Tasks 1, 2 and 3 wait, in this order; each node's task stands task_at from it. */
static void set_up(uint64_t head, uint64_t node_at, uint64_t task_at, enum wait_kind kind)
{
	put_tasks(types);
	link_nodes(head, WAITER(1) + node_at);
	link_nodes(WAITER(1) + node_at, WAITER(2) + node_at);
	link_nodes(WAITER(2) + node_at, WAITER(3) + node_at);
	link_nodes(WAITER(3) + node_at, head);
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(WAITER(pid) + task_at, TASK(pid));
	open_tasks();
	for (int pid = 1; pid <= 3; pid++)
		put_asleep(pid, kind, pid == 2 ? MODE_WRITE : MODE_READ);
}

static void set_up_semaphore(void)
{
	set_up(LOCK + S_LIST, 0, 16, WAIT_SEMAPHORE);
}

static void set_up_percpu(void)
{
	set_up(LOCK + P_HEAD, E_ENTRY, E_PRIVATE, WAIT_PERCPU_RWSEM);
	fake_u32(LOCK + P_BLOCK, 1);
}

/* No names of devices here. */
struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

static void expect(const struct analyzer *analyzer, const char *waiters, const char *holders)
{
	ck_assert(run_again(analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), waiters);
	ck_assert_str_eq(holders_of(lock_at(LOCK)), holders);
}

/* No lock is believed, and each sleeper is told by itself. */
static void expect_none(const struct analyzer *analyzer)
{
	ck_assert(run_again(analyzer));
	ck_assert_uint_eq(found.count, 3);
	for (size_t i = 0; i < found.count; i++)
		ck_assert_int_eq(found.list[i].id, FINDING_LOCK_OTHER);
	close_tasks();
}

START_TEST(a_semaphore_with_its_waiters)
{
	set_up_semaphore();
	expect(&semaphore_analyzer, "1e 2e 3e", "?e");
	fake_u64(LOCK + S_LAST, TASK(4)); /* who took it last, since v6.16 */
	expect(&semaphore_analyzer, "1e 2e 3e", "4e");
	ck_assert_double_eq_tol(found.list[0].confidence, 0.8, 1e-9);
	fake_u64(LOCK + S_LAST, 0x4141414141414141);
	expect(&semaphore_analyzer, "1e 2e 3e", "?e");
	close_tasks();
}
END_TEST

/* One of those who wait has the memory of the task that took it: no stack of his shows that he did. */
START_TEST(the_last_holders_memory_may_be_a_waiters)
{
	struct call calls[] = {{.function = "down", .address = 1},
			       {.function = "kthread", .address = 1}}; /* no code that is known */

	set_up_semaphore();
	fake_sleepers_list[2].calls = calls;
	fake_sleepers_list[2].call_count = ARRAY_SIZE(calls);
	fake_u64(LOCK + S_LAST, TASK(3));
	ck_assert(run_again(&semaphore_analyzer));
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "0e");
	ck_assert(lock_at(LOCK)->holders[0].confidence < 0.5);
	close_tasks();
}
END_TEST

START_TEST(semaphores_that_cannot_be_are_not_believed)
{
	set_up_semaphore();
	fake_u32(LOCK, 1); /* free: nobody would wait */
	expect_none(&semaphore_analyzer);
	set_up_semaphore();
	link_nodes(WAITER(3), WAITER(1)); /* a ring that misses its head */
	expect_none(&semaphore_analyzer);
	set_up_semaphore();
	link_nodes(WAITER(3), WAITER(2)); /* and one that misses its start as well */
	expect_none(&semaphore_analyzer);
	set_up_semaphore();
	fake_u64(WAITER(2), 0x4141414141414141);
	expect_none(&semaphore_analyzer);
}
END_TEST

START_TEST(a_percpu_rwsem_names_the_writer_that_drains_it)
{
	set_up_percpu();
	fake_u64(LOCK + P_WRITER, TASK(5));
	/* It waits before all others, for readers that no stack here shows. */
	expect(&percpu_rwsem_analyzer, "5w 1r 2w 3r", "?r");
	ck_assert_ptr_eq(lock_at(LOCK)->ahead.task, tasks_by_pid(kernel.tasks, 5));
	/* A writer that is in is not recorded. */
	fake_u64(LOCK + P_WRITER, 0);
	expect(&percpu_rwsem_analyzer, "1r 2w 3r", "?");
	fake_u64(LOCK + P_WRITER, 0x4141414141414141);
	expect(&percpu_rwsem_analyzer, "1r 2w 3r", "?");
	close_tasks();
}
END_TEST

/* Who takes a CPU away has the hotplug lock; he does not wait for it himself. */
START_TEST(the_hotplug_lock_is_his_who_takes_a_cpu_away)
{
	struct call call = {.function = "_cpu_down", .address = 1};
	struct sleeper *sleeper;

	set_up_percpu();
	fake_symbol("cpu_hotplug_lock", LOCK);
	sleeper = put_asleep(4, WAIT_COMPLETION, MODE_EXCLUSIVE);
	sleeper->calls = &call;
	sleeper->call_count = 1;
	ck_assert(run_again(&percpu_rwsem_analyzer));
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "4w");
	call.function = "lab_wait";
	ck_assert(run_again(&percpu_rwsem_analyzer));
	ck_assert_str_ne(holders_of(lock_at(LOCK)), "4w");
	close_tasks();
}
END_TEST

START_TEST(percpu_rwsems_that_cannot_be_are_not_believed)
{
	set_up_percpu();
	fake_u32(LOCK + P_BLOCK, 2); /* it is a flag */
	expect_none(&percpu_rwsem_analyzer);
	set_up_percpu();
	link_nodes(WAITER(3) + E_ENTRY, WAITER(2) + E_ENTRY);
	expect_none(&percpu_rwsem_analyzer);
	set_up_percpu();
	fake_u64(WAITER(2) + E_PRIVATE, TASK(4)); /* on another's stack: the ring is cut there */
	expect_none(&percpu_rwsem_analyzer);
}
END_TEST

UNIT_MAIN("semaphore", the_hotplug_lock_is_his_who_takes_a_cpu_away,
	  the_last_holders_memory_may_be_a_waiters, a_semaphore_with_its_waiters,
	  semaphores_that_cannot_be_are_not_believed,
	  a_percpu_rwsem_names_the_writer_that_drains_it,
	  percpu_rwsems_that_cannot_be_are_not_believed)
