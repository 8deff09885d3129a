/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/locking/sleeper.h"
#include "kernel/locking/spinlock.h"

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
	struct call reader[] = {{"__schedule"},
				{"schedule"},
				{"schedule_preempt_disabled"},
				{"rwsem_down_read_slowpath"},
				{"down_read"},
				{"crashme_reader"}};
	struct call flush[] = {{"__schedule"},	      {"schedule"},	{"schedule_timeout"},
			       {"__wait_for_common"}, {"__flush_work"}, {"crashme_holder"}};
	struct call page[] = {{"__schedule"},
			      {"schedule"},
			      {"io_schedule"},
			      {"folio_wait_bit_common"},
			      {"filemap_fault"}};
	struct call rt[] = {{"__schedule"},	    {"schedule"},  {"rt_mutex_slowlock_block"},
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

UNIT_MAIN("locks", tickets_of_all_widths, queued_locks_of_both_encodings,
	  stacks_say_what_is_waited_for)
