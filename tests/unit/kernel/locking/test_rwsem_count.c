/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the count of a rw_semaphore means, in every era. */
#include "unit.h"

#include "kernel/locking/rwsem_count.h"

struct count_case {
	enum rwsem_form form;
	uint64_t count;
	size_t waiters;
	struct rwsem_count expected;
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
	/* a reader that has come upon the writer, for a moment */
	{RWSEM_FLAGS, 0x103, 2, {.writer = true, .waiters = true, .readers = 1}},
	{RWSEM_FLAGS, 0x100, 4, {.readers = 1, .inconsistent = true}},
	{RWSEM_FLAGS, 0x102, 0, {.readers = 1, .waiters = true, .inconsistent = true}},

	/* bit 63 keeps new readers out; it counts for none */
	{RWSEM_FLAGS, 0x8000000000000102, 1, {.readers = 1, .waiters = true}},

	/* fewer readers than none: it was released too often, not held by 2^55 */
	{RWSEM_FLAGS, 0xffffffffffffff02, 2, {.over = 1, .waiters = true}},
	{RWSEM_FLAGS, 0xfffffffffffffd00, 0, {.over = 3}},
	{RWSEM_FLAGS, 0xfffffffffff00002, 1, {.over = 4096, .waiters = true}},
	{RWSEM_FLAGS, 0xffffffffffe00002, 1, {.readers = 0xffffe000, .waiters = true}},

	/* downgraded by who had it for read, before and after that one has left; given back as by a writer */
	{RWSEM_FLAGS,
	 0x1ff,
	 2,
	 {.writer = true, .waiters = true, .handoff = true, .readers = 1, .stray = true}},
	{RWSEM_FLAGS, 0xff, 2, {.writer = true, .waiters = true, .handoff = true, .stray = true}},
	{RWSEM_FLAGS, 0x1fa, 1, {.waiters = true, .readers = 1, .stray = true}},
	{RWSEM_FLAGS,
	 0xffffffffffffffff,
	 2,
	 {.writer = true, .waiters = true, .handoff = true, .over = 1}},

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
		struct rwsem_count state;

		rwsem_count_decode(one->form, one->count, one->waiters, &state);
		ck_assert_msg(state.writer == one->expected.writer &&
				      state.readers == one->expected.readers &&
				      state.over == one->expected.over &&
				      state.stray == one->expected.stray &&
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

UNIT_MAIN("rwsem_count", counts_of_all_eras)
