/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Percpu_rwsems until v4.10, whose writer waits in a queue of its own for the readers inside. */
#include "fake_locks.h"

/* fast_read_ctr, write_ctr, rw_sem, slow_read_ctr, write_waitq: v3.8 to v4.3. */
enum { P_SLOW = 48, P_LIST = 64, E_PRIVATE = 8, E_ENTRY = 24 };

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t head = b_record(b, B_STRUCT, "__wait_queue_head", 24, 2, "lock", l, 0, "task_list",
				 list, 64);
	uint32_t count = b_record(b, B_STRUCT, "atomic", 4, 1, "counter", i, 0);

	b_record(b, B_STRUCT, "percpu_rw_semaphore", 80, 4, "fast_read_ctr", l, 0, "write_ctr",
		 count, 64, "slow_read_ctr", count, P_SLOW * 8, "write_waitq", head,
		 (P_LIST - 8) * 8);
	b_record(b, B_STRUCT, "__wait_queue", 40, 4, "flags", i, 0, "private", l, E_PRIVATE * 8,
		 "func", l, 128, "task_list", list, E_ENTRY * 8);
}

/* No names of devices here. */
struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

static void set_up(uint32_t readers)
{
	put_tasks(types);
	fake_u32(LOCK + P_SLOW, readers);
	link_nodes(LOCK + P_LIST, WAITER(2) + E_ENTRY);
	link_nodes(WAITER(2) + E_ENTRY, LOCK + P_LIST);
	fake_u64(WAITER(2) + E_PRIVATE, TASK(2));
	open_tasks();
	put_asleep(2, WAIT_PERCPU_RWSEM, MODE_WRITE);
}

START_TEST(a_writer_that_drains)
{
	set_up(2);
	ck_assert(run_again(&percpu_rwsem_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "2w");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "?r");
	ck_assert_str_eq(lock_at(LOCK)->state.data,
			 "a writer waits for 2 readers inside to leave, 1 waiting");
	close_tasks();
}
END_TEST

/* No lock is believed: the wait is told by itself. */
static void expect_none(void)
{
	ck_assert(run_again(&percpu_rwsem_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_int_eq(found.list[0].id, FINDING_LOCK_OTHER);
	ck_assert_uint_lt(fake.reads, 100000);
	close_tasks();
}

START_TEST(queues_that_are_no_locks)
{
	set_up(0); /* nobody is inside: it would have gone on */
	expect_none();
	set_up(0x41414141);
	expect_none();
	set_up(1);
	link_nodes(WAITER(2) + E_ENTRY, WAITER(2) + E_ENTRY);
	expect_none();
	set_up(1);
	fake_sleepers_list[0].mode = MODE_READ;
	expect_none();
}
END_TEST

UNIT_MAIN("percpu_drain", a_writer_that_drains, queues_that_are_no_locks)
