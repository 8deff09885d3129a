/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rw_semaphores of every era: whom the owner names, how the waiters hang together. */
#include "fake_locks.h"
#include "kernel/locking/rwsem_count.h"
#include "locks/frozen_fs.h"

/* No lock here is a file system's. */
enum freeze_state frozen_fs_state(struct kernel *of, const struct lock *lock)
{
	(void)of;
	(void)lock;
	return SB_UNFROZEN;
}

void frozen_fs_describe(struct kernel *of, const struct waitlist *list, struct lock *lock)
{
	(void)of;
	(void)list;
	(void)lock;
}

enum { COUNT = 0, LIST = 8, OWNER = 24 };
enum { W_TASK = 16, W_TYPE = 24 };

static uint32_t list_type(struct btf_build *b, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};

	return fake_longs(b, "list_head", l, links, 2);
}

static void waiter_type(struct btf_build *b, uint32_t i, uint32_t l, uint32_t list,
			const char *type)
{
	b_record(b, B_STRUCT, "rwsem_waiter", 32, 3, "list", list, 0, "task", l, W_TASK * 8, type,
		 i, W_TYPE * 8);
}

/* No owner; the waiter has flags. */
static void types_2_6_32(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = list_type(b, l);

	waiter_type(b, i, l, list, "flags");
	b_record(b, B_STRUCT, "rw_semaphore", 24, 2, "count", l, 0, "wait_list", list, LIST * 8);
}

static void types_activity(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = list_type(b, l);

	waiter_type(b, i, l, list, "flags");
	b_record(b, B_STRUCT, "rw_semaphore", 24, 2, "activity", i, 0, "wait_list", list, LIST * 8);
}

/* The lock points to its waiters by a head that is not in their ring. */
static void types_el7(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = list_type(b, l), node = b_plain(b, B_PTR, NULL, list);
	uint32_t slist = b_record(b, B_STRUCT, "slist_head", 8, 1, "next", node, 0);
	uint32_t task = b_plain(b, B_FWD, "task_struct", 0), owner = b_plain(b, B_PTR, NULL, task);

	waiter_type(b, i, l, list, "type");
	b_record(b, B_STRUCT, "rw_semaphore", 32, 3, "count", l, 0, "wait_list", slist, LIST * 8,
		 "owner", owner, OWNER * 8);
}

static void types_flags(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = list_type(b, l);
	uint32_t atomic = b_record(b, B_STRUCT, NULL, 8, 1, "counter", l, 0);

	waiter_type(b, i, l, list, "type");
	b_record(b, B_STRUCT, "rw_semaphore", 32, 3, "count", atomic, 0, "wait_list", list,
		 LIST * 8, "owner", atomic, OWNER * 8);
}

/* Only a pointer to the first waiter. */
static void types_7_2(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = list_type(b, l);
	uint32_t atomic = b_record(b, B_STRUCT, NULL, 8, 1, "counter", l, 0);
	uint32_t waiter = b_record(b, B_STRUCT, "rwsem_waiter", 32, 3, "list", list, 0, "task", l,
				   W_TASK * 8, "type", i, W_TYPE * 8);

	b_record(b, B_STRUCT, "rw_semaphore", 32, 3, "count", atomic, 0, "first_waiter",
		 b_plain(b, B_PTR, NULL, waiter), LIST * 8, "owner", atomic, OWNER * 8);
}

struct era {
	void (*types)(struct btf_build *b, uint32_t i, uint32_t l);
	bool headless, flags;
};

/* Task 1 waits to write, 2 and 3 to read; task 4 may be the owner. */
static void set_up(const struct era *era, uint64_t count, uint64_t owner)
{
	put_tasks(era->types);
	if (era->headless) {
		fake_u64(LOCK + LIST, WAITER(1));
		link_nodes(WAITER(3), WAITER(1));
	} else {
		link_nodes(LOCK + LIST, WAITER(1));
		link_nodes(WAITER(3), LOCK + LIST);
	}
	link_nodes(WAITER(1), WAITER(2));
	link_nodes(WAITER(2), WAITER(3));
	for (int pid = 1; pid <= 3; pid++) {
		fake_u64(WAITER(pid) + W_TASK, TASK(pid));
		fake_u32(WAITER(pid) + W_TYPE, era->flags ? pid == 1 ? 2 : 1 : pid != 1);
		fake_u64(STACK(pid) + 0x3c80, LOCK); /* saved by the slow path */
	}
	fake_u64(LOCK + COUNT, count);
	if (owner)
		fake_u64(LOCK + OWNER, owner);
	open_tasks();
	for (int pid = 1; pid <= 3; pid++)
		put_asleep(pid, WAIT_RWSEM, MODE_UNKNOWN);
	put_asleep(4, WAIT_IO, MODE_UNKNOWN);
}

static void expect(const char *state, const char *holders)
{
	ck_assert(run_again(&rwsem_analyzer));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "1w 2r 3r");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), holders);
	const char *said = lock_at(LOCK)->state.data;
	ck_assert_msg(!strncmp(said, state, strlen(state)), "%s", said);
	close_tasks();
}

/* Nobody's lock: what stands there cannot be one with these waiters. */
static void expect_none(void)
{
	ck_assert(run_again(&rwsem_analyzer));
	ck_assert_uint_eq(found.count, 3);
	for (size_t i = 0; i < found.count; i++)
		ck_assert_int_eq(found.list[i].id, FINDING_LOCK_OTHER);
	close_tasks();
}

static const struct era era_2_6_32 = {types_2_6_32, false, true};
static const struct era era_activity = {types_activity, false, true};
static const struct era era_el7 = {types_el7, true, false};
static const struct era era_flags = {types_flags, false, false};
static const struct era era_7_2 = {types_7_2, true, false};

START_TEST(each_waiter_of_2_6_32_has_its_bias)
{
	set_up(&era_2_6_32, 0xfffffffd00000001, 0);
	expect("held for read by 1", "?r");
	set_up(&era_2_6_32, 0xfffffffc00000001, 0);
	expect("held for write", "?w");
	set_up(&era_2_6_32, 0xffffffff00000001, 0); /* one bias for three */
	expect_none();
	set_up(&era_activity, 2, 0);
	expect("held for read by 2", "?r");
	set_up(&era_activity, 0xffffffff, 0);
	expect("held for write", "?w");
}
END_TEST

START_TEST(all_waiters_of_el7_share_one_bias)
{
	set_up(&era_el7, 0xffffffff00000001, 1); /* owned by readers, none named */
	expect("held for read by 1 (told by the wait list)", "?r");
	set_up(&era_el7, 0xffffffff00000001, TASK(4) | 3); /* el7.7: the last reader to come */
	expect("held for read by 1 (told by the wait list)", "4r");
	set_up(&era_el7, 0xfffffffe00000001, TASK(4));
	expect("held for write", "4w");
	/* A static initialiser's owner is the lock's own wait list: no task. */
	set_up(&era_el7, 0xfffffffe00000001, LOCK + LIST);
	expect("held for write", "?w");
	set_up(&era_el7, 0xfffffffd00000001, 0); /* a bias for each */
	expect_none();
}
END_TEST

START_TEST(flag_bits_and_owners_since_5_3)
{
	for (int i = 0; i < 2; i++) {
		const struct era *era = i ? &era_7_2 : &era_flags;

		set_up(era, 0x3, TASK(4));
		expect("held for write", "4w");
		/* Its flag bits are not part of the address: 5.3 to 5.10 have three. */
		set_up(era, 0x3, TASK(4) | 6);
		expect("held for write", "4w");
		set_up(era, 0x102, TASK(4) | 1);
		expect("held for read by 1", "4r");
		set_up(era, 0x206, 1);
		expect("held for read by 2, handing off", "?r");
		set_up(era, 0x2, 0); /* on its way to the next */
		expect("free", "");
		set_up(era, 0x3, 0x4141414141414141);
		expect("held for write", "?w");
		set_up(era, 0x101, TASK(4)); /* a reader and a writer, and nobody waits */
		expect_none();
		set_up(era, 0x103, TASK(4)); /* a reader has just come upon the writer */
		expect("held for write", "4w");
	}
}
END_TEST

/* Whoever the owner field names: he is not inside. */
START_TEST(a_count_that_no_holder_leaves_is_held_by_nobody)
{
	set_up(&era_flags, 0xff, TASK(4) | 1);
	ck_assert(run_again(&rwsem_analyzer));
	ck_assert(strstr(lock_at(LOCK)->because.data, "held by nobody"));
	expect(RWSEM_UPSET, "?");
	set_up(&era_7_2, 0x1ff, TASK(4) | 1);
	expect(RWSEM_UPSET, "?");
}
END_TEST

/* The last reader is a hint, and worth no more: it may have left long ago. */
START_TEST(a_reader_owner_is_only_a_hint)
{
	/* Also where the count says that a writer has come in since. */
	static const uint64_t counts[] = {0x102, 0x3};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		set_up(&era_flags, counts[i], TASK(4) | 1);
		ck_assert(run_again(&rwsem_analyzer));
		const struct lock_holder *holder = lock_at(LOCK)->holders;
		ck_assert_str_eq(holder->evidence, "inferred");
		ck_assert_double_lt(holder->confidence, 0.8);
		close_tasks();
	}
	/* One of those that wait is not the one they wait for. */
	set_up(&era_flags, 0x102, TASK(2) | 1);
	expect("held for read by 1", "?r");
}
END_TEST

/* A reader that is being woken has its task cleared already. */
START_TEST(woken_readers_stay_in_the_list)
{
	set_up(&era_flags, 0x102, 0);
	fake_u64(WAITER(2) + W_TASK, 0);
	ck_assert(run_again(&rwsem_analyzer));
	ck_assert_str_eq(waiters_of(lock_at(LOCK)), "1w ?r 3r");
	close_tasks();
}
END_TEST

START_TEST(rings_that_loop_are_not_believed)
{
	for (int i = 0; i < 3; i++) {
		const struct era *era = i == 0 ? &era_el7 : i == 1 ? &era_7_2 : &era_flags;
		uint64_t count = i ? 0x3 : 0xfffffffe00000001;

		set_up(era, count, TASK(4));
		link_nodes(WAITER(3), WAITER(2)); /* misses its start */
		expect_none();
		set_up(era, count, TASK(4));
		fake_u64(WAITER(2), 0x4141414141414141);
		expect_none();
		set_up(era, count, TASK(4));
		fake_u64(LOCK + LIST, LOCK); /* the lock does not point back */
		expect_none();
	}
}
END_TEST

UNIT_MAIN("rwsem", each_waiter_of_2_6_32_has_its_bias, all_waiters_of_el7_share_one_bias,
	  flag_bits_and_owners_since_5_3, a_count_that_no_holder_leaves_is_held_by_nobody,
	  a_reader_owner_is_only_a_hint, woken_readers_stay_in_the_list,
	  rings_that_loop_are_not_believed)
