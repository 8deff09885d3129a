/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "kernel/locking/sleeper.h"

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

/* io_schedule() is called by more than what waits for I/O. */
START_TEST(a_pool_is_no_device)
{
	struct sleeper sleeper;
	struct call pool[] = {{"__schedule"},	    {"schedule"},
			      {"schedule_timeout"}, {"io_schedule_timeout"},
			      {"mempool_alloc"},    {"bio_alloc_bioset"},
			      {"lab_clone"}};
	struct call core[] = {
		{"schedule"}, {"__wait_for_common"}, {"coredump_wait"}, {"do_coredump"}};

	classify(&sleeper, pool, ARRAY_SIZE(pool));
	ck_assert_int_eq(sleeper.kind, WAIT_OTHER);
	ck_assert_str_eq(sleeper.what, "a free element of a mempool");
	pool[4].function = "lab_read";
	classify(&sleeper, pool, ARRAY_SIZE(pool));
	ck_assert_int_eq(sleeper.kind, WAIT_IO);
	classify(&sleeper, core, ARRAY_SIZE(core));
	ck_assert_int_eq(sleeper.kind, WAIT_OTHER);
}
END_TEST

UNIT_MAIN("sleeper", stacks_say_what_is_waited_for, a_pool_is_no_device)
