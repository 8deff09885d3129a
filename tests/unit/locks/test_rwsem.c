/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rw_semaphores of every era: what a count means, whom the owner names, how the waiters hang together. */
#include "fake_locks.h"

#include "locks/rwsem.h"

/* --- counts ----------------------------------------------------------------------------------- */

struct count_case {
	enum rwsem_count form;
	uint64_t count;
	size_t waiters;
	struct rwsem_state expected;
};

static const struct count_case count_cases[] = {
	/* 2.6.32: every waiter adds -2^32, a writer inside one more, and 1 for each that is in */
	{RWSEM_BIAS_PER_WAITER, 0, 0, {0}},
	{RWSEM_BIAS_PER_WAITER, 1, 0, {.readers = 1}},
	{RWSEM_BIAS_PER_WAITER, 7, 0, {.readers = 7}},
	{RWSEM_BIAS_PER_WAITER, 0xffffffff00000001, 0, {.writer = true, .ambiguous = true}},
	{RWSEM_BIAS_PER_WAITER,
	 0xffffffff00000001,
	 1,
	 {.readers = 1, .waiters = true, .ambiguous = true}},
	{RWSEM_BIAS_PER_WAITER, 0xfffffffe00000003, 2, {.readers = 3, .waiters = true}},
	/* the mmap_sem of the el6 case: three waiters and one active reader */
	{RWSEM_BIAS_PER_WAITER, 0xfffffffd00000001, 3, {.readers = 1, .waiters = true}},
	{RWSEM_BIAS_PER_WAITER, 0xfffffffd00000001, 2, {.writer = true, .waiters = true}},
	{RWSEM_BIAS_PER_WAITER, 0xfffffffc00000001, 3, {.writer = true, .waiters = true}},
	/* more waiters than biases, and fewer */
	{RWSEM_BIAS_PER_WAITER,
	 0xfffffffd00000001,
	 4,
	 {.readers = 1, .waiters = true, .inconsistent = true}},
	{RWSEM_BIAS_PER_WAITER,
	 0xfffffff000000001,
	 3,
	 {.writer = true, .waiters = true, .inconsistent = true}},
	/* all of them waiting, nobody in: the lock is being handed over */
	{RWSEM_BIAS_PER_WAITER, 0xfffffffe00000000, 2, {.waiters = true}},

	/* 2.6.36 to 5.2: one -2^32 for all waiters together */
	{RWSEM_BIAS, 0, 0, {0}},
	{RWSEM_BIAS, 3, 0, {.readers = 3}},
	/* minus one bias plus one: a writer alone, or one reader with waiters; the list decides */
	{RWSEM_BIAS, 0xffffffff00000001, 0, {.writer = true, .ambiguous = true}},
	{RWSEM_BIAS, 0xffffffff00000001, 19, {.readers = 1, .waiters = true, .ambiguous = true}},
	{RWSEM_BIAS, 0xffffffff00000004, 5, {.readers = 4, .waiters = true}},
	{RWSEM_BIAS, 0xfffffffe00000001, 2, {.writer = true, .waiters = true}},
	{RWSEM_BIAS, 0xffffffff00000000, 2, {.waiters = true}},
	/* what one bias for each waiter would mean cannot be */
	{RWSEM_BIAS,
	 0xfffffffd00000001,
	 3,
	 {.writer = true, .waiters = true, .inconsistent = true}},
	{RWSEM_BIAS, 0xfffffffe00000000, 2, {.waiters = true, .inconsistent = true}},
	{RWSEM_BIAS,
	 0xffff888012345678,
	 1,
	 {.writer = true, .waiters = true, .inconsistent = true}},

	/* 5.3 and el8: bit 0 writer, 1 waiters, 2 handoff, 8 to 62 readers, 63 too many readers */
	{RWSEM_FLAGS, 0, 0, {0}},
	{RWSEM_FLAGS, 0x1, 0, {.writer = true}},
	{RWSEM_FLAGS, 0x3, 4, {.writer = true, .waiters = true}},
	{RWSEM_FLAGS, 0x7, 4, {.writer = true, .waiters = true, .handoff = true}},
	{RWSEM_FLAGS, 0x100, 0, {.readers = 1}},
	{RWSEM_FLAGS, 0x102, 2, {.readers = 1, .waiters = true}},
	{RWSEM_FLAGS, 0x306, 1, {.readers = 3, .waiters = true, .handoff = true}},
	{RWSEM_FLAGS, 0x2, 1, {.waiters = true}},
	{RWSEM_FLAGS,
	 0x103,
	 2,
	 {.writer = true, .waiters = true, .readers = 1, .inconsistent = true}},
	{RWSEM_FLAGS, 0x100, 4, {.readers = 1, .inconsistent = true}},
	{RWSEM_FLAGS, 0x102, 0, {.readers = 1, .waiters = true, .inconsistent = true}},

	/* bit 63 keeps new readers out; it counts for none */
	{RWSEM_FLAGS, 0x8000000000000102, 1, {.readers = 1, .waiters = true}},

	/* PREEMPT_RT: READER_BIAS while readers may come; a writer takes it away, then adds its own */
	{RWSEM_RT, 0x80000000, 0, {0}},
	{RWSEM_RT, 0x80000002, 0, {.readers = 2}},
	{RWSEM_RT, 0x40000000, 1, {.writer = true, .waiters = true}},
	{RWSEM_RT, 0x1, 1, {.readers = 1, .waiters = true}},
	{RWSEM_RT, 0x7f000000, 1, {.readers = 0x3f000000, .waiters = true, .inconsistent = true}},

	/* CONFIG_RWSEM_GENERIC_SPINLOCK, until 5.1: -1 a writer, else so many readers */
	{RWSEM_ACTIVITY, 0, 0, {0}},
	{RWSEM_ACTIVITY, 5, 2, {.readers = 5, .waiters = true}},
	{RWSEM_ACTIVITY, 0xffffffff, 3, {.writer = true, .waiters = true}},
	{RWSEM_ACTIVITY, 0xfffffffe, 3, {.waiters = true, .inconsistent = true}},
	{RWSEM_ACTIVITY, 0x80000000, 0, {.inconsistent = true}},
	{RWSEM_ACTIVITY, 0, 1, {.waiters = true}},
};

START_TEST(counts_of_all_eras)
{
	for (size_t i = 0; i < ARRAY_SIZE(count_cases); i++) {
		const struct count_case *one = &count_cases[i];
		struct rwsem_state state;

		rwsem_decode(one->form, one->count, one->waiters, &state);
		ck_assert_msg(state.writer == one->expected.writer &&
				      state.readers == one->expected.readers &&
				      state.waiters == one->expected.waiters &&
				      state.handoff == one->expected.handoff &&
				      state.ambiguous == one->expected.ambiguous &&
				      state.inconsistent == one->expected.inconsistent,
			      "case %zu: writer %d readers %u waiters %d handoff %d ambiguous %d "
			      "inconsistent %d",
			      i, state.writer, state.readers, state.waiters, state.handoff,
			      state.ambiguous, state.inconsistent);
	}
}
END_TEST

/* --- whole locks ------------------------------------------------------------------------------ */

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
	}
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

UNIT_MAIN("rwsem", counts_of_all_eras, each_waiter_of_2_6_32_has_its_bias,
	  all_waiters_of_el7_share_one_bias, flag_bits_and_owners_since_5_3,
	  a_reader_owner_is_only_a_hint, woken_readers_stay_in_the_list,
	  rings_that_loop_are_not_believed)
