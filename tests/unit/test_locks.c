/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/sleeper.h"
#include "kernel/spinlock.h"
#include "rwsem.h"

struct rwsem_case {
	enum rwsem_count form;
	uint64_t count;
	size_t waiters;
	struct rwsem_state expected;
};

static const struct rwsem_case rwsem_cases[] = {
	/* 2.6.32, the mmap_sem of the el6 case: three waiters and one active reader */
	{RWSEM_BIAS_PER_WAITER, 0xfffffffd00000001, 3, {.readers = 1, .waiters = true}},
	/* the same count under one bias for all cannot be */
	{RWSEM_BIAS, 0xfffffffd00000001, 3, {.writer = true, .waiters = true, .inconsistent = true}},
	{RWSEM_BIAS_PER_WAITER, 0xfffffffc00000001, 3, {.writer = true, .waiters = true}},
	/* minus one bias plus one: the wait list decides */
	{RWSEM_BIAS, 0xffffffff00000001, 0, {.writer = true, .ambiguous = true}},
	{RWSEM_BIAS, 0xffffffff00000001, 5, {.readers = 1, .waiters = true, .ambiguous = true}},
	{RWSEM_BIAS, 0xfffffffe00000001, 2, {.writer = true, .waiters = true}},
	{RWSEM_BIAS, 0, 0, {0}},
	{RWSEM_BIAS, 3, 0, {.readers = 3}},
	{RWSEM_FLAGS, 0x1, 0, {.writer = true}},
	{RWSEM_FLAGS, 0x103, 2, {.writer = true, .waiters = true, .readers = 1, .inconsistent = true}},
	{RWSEM_FLAGS, 0x102, 2, {.readers = 1, .waiters = true}},
	{RWSEM_FLAGS, 0x306, 1, {.readers = 3, .waiters = true, .handoff = true}},
	{RWSEM_FLAGS, 0x100, 4, {.readers = 1, .inconsistent = true}},
	/* bit 63 keeps new readers out; it counts for none */
	{RWSEM_FLAGS, 0x8000000000000102, 1, {.readers = 1, .waiters = true}},
	{RWSEM_ACTIVITY, 0, 0, {0}},
	{RWSEM_ACTIVITY, 2, 1, {.readers = 2, .waiters = true}},
	{RWSEM_ACTIVITY, 0xffffffff, 3, {.writer = true, .waiters = true}},
	{RWSEM_ACTIVITY, 0x80000000, 0, {.inconsistent = true}},
	{RWSEM_RT, 0x80000000, 0, {0}},
	{RWSEM_RT, 0x80000002, 0, {.readers = 2}},
	{RWSEM_RT, 0x40000000, 1, {.writer = true, .waiters = true}},
	{RWSEM_RT, 0x1, 1, {.readers = 1, .waiters = true}},
};

START_TEST(rwsem_counts_of_all_eras)
{
	for (size_t i = 0; i < ARRAY_SIZE(rwsem_cases); i++) {
		const struct rwsem_case *one = &rwsem_cases[i];
		struct rwsem_state state;

		rwsem_decode(one->form, one->count, one->waiters, &state);
		ck_assert_msg(state.writer == one->expected.writer &&
				      state.readers == one->expected.readers &&
				      state.waiters == one->expected.waiters &&
				      state.handoff == one->expected.handoff &&
				      state.ambiguous == one->expected.ambiguous &&
				      state.inconsistent == one->expected.inconsistent,
			      "case %zu: writer %d readers %u waiters %d handoff %d ambiguous %d "
			      "inconsistent %d", i, state.writer, state.readers, state.waiters,
			      state.handoff, state.ambiguous, state.inconsistent);
	}
}
END_TEST

START_TEST(tickets_of_all_widths)
{
	struct spinlock_shape wide = {SPINLOCK_TICKET, 16, 1}, narrow = {SPINLOCK_TICKET, 8, 1};
	struct spinlock_shape paravirt = {SPINLOCK_TICKET, 8, 2};
	struct ticket_lock lock;

	/* the zone lock of the el6 case */
	ticket_decode(&wide, 0x66d466cc, &lock);
	ck_assert_uint_eq(lock.owner, 0x66cc);
	ck_assert_uint_eq(lock.next, 0x66d4);
	ck_assert_uint_eq(lock.outstanding, 8);
	ck_assert_int_eq(ticket_position(&wide, &lock, 0x66ce), 2);
	ck_assert_int_eq(ticket_position(&wide, &lock, 0x66cc), 0);
	ck_assert_int_eq(ticket_position(&wide, &lock, 0x66d4), -1);
	ck_assert_int_eq(ticket_position(&wide, &lock, 0xffff8800000066ce), -1);
	/* wrap-around */
	ticket_decode(&wide, 0x0002fffe, &lock);
	ck_assert_uint_eq(lock.outstanding, 4);
	ck_assert_int_eq(ticket_position(&wide, &lock, 1), 3);
	ticket_decode(&narrow, 0x0301, &lock);
	ck_assert_uint_eq(lock.outstanding, 2);
	/* steps of two, slow-path flag in the tail's bit 0 */
	ticket_decode(&paravirt, 0x0702, &lock);
	ck_assert(lock.slow_path);
	ck_assert_uint_eq(lock.next, 6);
	ck_assert_uint_eq(lock.outstanding, 2);
	ck_assert_int_eq(ticket_position(&paravirt, &lock, 4), 1);
	ck_assert_int_eq(ticket_position(&paravirt, &lock, 3), -1);
}
END_TEST

START_TEST(queued_locks_of_both_encodings)
{
	struct queued_lock lock;

	queued_decode((3 + 1) << 18 | 1 << 16 | 1, TAIL_UPSTREAM, &lock);
	ck_assert(lock.locked && !lock.pending && lock.has_tail);
	ck_assert_uint_eq(lock.tail_cpu, 3);
	ck_assert_uint_eq(lock.tail_index, 1);
	queued_decode(0x101, TAIL_UPSTREAM, &lock);
	ck_assert(lock.locked && lock.pending && !lock.has_tail);
	queued_decode(3u << 19 | 1 << 16 | 1, TAIL_EL7, &lock);
	ck_assert(lock.has_tail);
	ck_assert_uint_eq(lock.tail_cpu, 3);
	ck_assert_uint_eq(lock.tail_index, 0);

	struct queued_rwlock rw;
	queued_rw_decode(5 << 9 | 1 << 8, &rw);
	ck_assert(!rw.writer && rw.writer_waiting);
	ck_assert_uint_eq(rw.readers, 5);
}
END_TEST

static void classify(struct sleeper *sleeper, struct call *calls, unsigned count)
{
	*sleeper = (struct sleeper){.calls = calls, .call_count = count};
	for (unsigned i = 0; i < count; i++) {
		calls[i].address = 0xffffffff81000000 + i;
		calls[i].sp = 0xffffc90000000000 + i * 16;
	}
	sleeper_classify(sleeper);
}

START_TEST(stacks_say_what_is_waited_for)
{
	struct sleeper sleeper;
	struct call reader[] = {{"__schedule"}, {"schedule"}, {"schedule_preempt_disabled"},
				{"rwsem_down_read_slowpath"}, {"down_read"}, {"crashme_reader"}};
	struct call flush[] = {{"__schedule"}, {"schedule"}, {"schedule_timeout"},
			       {"__wait_for_common"}, {"__flush_work"}, {"crashme_holder"}};
	struct call page[] = {{"__schedule"}, {"schedule"}, {"io_schedule"},
			      {"folio_wait_bit_common"}, {"filemap_fault"}};
	struct call rt[] = {{"__schedule"}, {"schedule"}, {"rt_mutex_slowlock_block"},
			    {"__rwbase_read_lock"}, {"down_read"}, {"crashme_reader"}};
	struct call none[] = {{"__schedule"}, {"schedule"}, {"kthread"}};

	classify(&sleeper, reader, ARRAY_SIZE(reader));
	ck_assert_int_eq(sleeper.kind, WAIT_RWSEM);
	ck_assert_int_eq(sleeper.mode, MODE_READ);
	classify(&sleeper, flush, ARRAY_SIZE(flush));
	ck_assert_int_eq(sleeper.kind, WAIT_WORK);
	ck_assert_uint_eq(sleeper.caller, flush[5].address);
	classify(&sleeper, page, ARRAY_SIZE(page));
	ck_assert_int_eq(sleeper.kind, WAIT_PAGE);
	classify(&sleeper, rt, ARRAY_SIZE(rt));
	ck_assert_int_eq(sleeper.kind, WAIT_RT_RWSEM);
	ck_assert_int_eq(sleeper.mode, MODE_READ);
	classify(&sleeper, none, ARRAY_SIZE(none));
	ck_assert_int_eq(sleeper.kind, WAIT_NONE);
}
END_TEST

UNIT_MAIN("locks", rwsem_counts_of_all_eras, tickets_of_all_widths, queued_locks_of_both_encodings,
	  stacks_say_what_is_waited_for)
