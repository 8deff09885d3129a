/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frozen file systems without locks: who waits, who freezes, and queues that lie. */
#include "fake_locks.h"

/* super_block: s_writers { int frozen; wait_queue_head { lock, head } wait_unfrozen } */
enum { FROZEN = 64, HEAD = FROZEN + 16, E_PRIVATE = 8, E_ENTRY = 24 };

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t head =
		b_record(b, B_STRUCT, "wait_queue_head", 24, 2, "lock", l, 0, "head", list, 64);
	uint32_t writers = b_record(b, B_STRUCT, "sb_writers", 32, 2, "frozen", i, 0,
				    "wait_unfrozen", head, 64);

	b_record(b, B_STRUCT, "super_block", 128, 1, "s_writers", writers, FROZEN * 8);
	b_record(b, B_STRUCT, "wait_queue_entry", 40, 4, "flags", i, 0, "private", l, E_PRIVATE * 8,
		 "func", l, 128, "entry", list, E_ENTRY * 8);
}

/* No names of devices here. */
struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

/* Tasks 1 and 2 wait for the file system at LOCK; task 4 sleeps elsewhere. */
static void set_up(uint32_t state)
{
	put_tasks(types);
	fake_u32(LOCK + FROZEN, state);
	link_nodes(LOCK + HEAD, WAITER(1) + E_ENTRY);
	link_nodes(WAITER(1) + E_ENTRY, WAITER(2) + E_ENTRY);
	link_nodes(WAITER(2) + E_ENTRY, LOCK + HEAD);
	for (int pid = 1; pid <= 2; pid++)
		fake_u64(WAITER(pid) + E_PRIVATE, TASK(pid));
	open_tasks();
	put_asleep(1, WAIT_THAW, MODE_EXCLUSIVE);
	put_asleep(2, WAIT_THAW, MODE_EXCLUSIVE);
	put_asleep(4, WAIT_OTHER, MODE_UNKNOWN);
}

static void expect(const char *holders, const char *headline)
{
	ck_assert(run_again(&thaw_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "1e 2e");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), holders);
	ck_assert_str_eq(lock_at(LOCK)->headline.data, headline);
}

START_TEST(a_frozen_file_system)
{
	set_up(4);
	expect("?w", "a file system is frozen (fsfreeze), 2 tasks wait to write");
	close_tasks();
}
END_TEST

START_TEST(one_that_is_being_frozen)
{
	struct call calls[] = {{.function = "freeze_super", .address = 1}};

	set_up(1);
	expect("?w", "a file system is being frozen, 2 tasks wait to write");
	fake_sleepers_list[2].calls = calls;
	fake_sleepers_list[2].call_count = ARRAY_SIZE(calls);
	expect("?w", "a file system is being frozen, 2 tasks wait to write"); /* another one */
	fake_u64(STACK(4) + 0x3d00, LOCK);
	expect("4w", "a file system, which task/4 freezes, 2 tasks wait to write");
	ck_assert_double_eq_tol(lock_at(LOCK)->holders[0].confidence, 0.9, 1e-9);
	close_tasks();
}
END_TEST

/* The waits are told by other_wait.c then. */
static void expect_nothing(void)
{
	ck_assert(run_again(&thaw_analyzer));
	ck_assert_uint_eq(found.count, 0);
	ck_assert_uint_lt(fake.reads, 100000);
	close_tasks();
}

START_TEST(queues_that_lie)
{
	set_up(0); /* not frozen: nobody would wait */
	expect_nothing();
	set_up(5);
	expect_nothing();
	set_up(4);
	link_nodes(WAITER(2) + E_ENTRY, WAITER(1) + E_ENTRY); /* it misses its head */
	expect_nothing();
	set_up(4);
	fake_u64(WAITER(1) + E_PRIVATE, TASK(3));
	fake_u64(WAITER(2) + E_PRIVATE, TASK(3));
	expect_nothing();
}
END_TEST

UNIT_MAIN("thaw", a_frozen_file_system, one_that_is_being_frozen, queues_that_lie)
