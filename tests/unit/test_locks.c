/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/sleeper.h"
#include "kernel/spinlock.h"
#include "rwsem.h"
#include "wait_graph.h"

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

/* Tasks, locks and holders as the analyzers hand them over. */
static struct task people[8];
static json_t *lock_json, *proven, *inferred;

static void setup_graph(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		people[i] = (struct task){.address = 0xffff888000001000 + i * 64, .pid = (int)i + 1};
	lock_json = json_pack("{s:s}", "name", "lock");
	proven = json_pack("{s:s}", "evidence", "proven");
	inferred = json_pack("{s:s}", "evidence", "inferred");
}

static void drop_graph(void)
{
	json_decref(lock_json);
	json_decref(proven);
	json_decref(inferred);
}

static void edge(struct wait_graph *graph, int from, int to, double confidence)
{
	struct wait_edge one = {&people[from], to < 0 ? NULL : &people[to], lock_json,
				confidence == 1 ? proven : inferred, confidence};

	assert_ok(wait_graph_add(graph, &one));
}

START_TEST(cycles_are_found_with_their_sureness)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};

	setup_graph();
	edge(&graph, 0, 1, 1);
	edge(&graph, 1, 2, 0.5);
	edge(&graph, 2, 0, 1);
	edge(&graph, 3, 0, 1);
	edge(&graph, 4, 4, 1); /* a task that waits for a lock it holds itself */
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.cycle_count, 2);
	ck_assert_uint_eq(graph.cycles[0].length, 1);
	ck_assert_uint_eq(graph.cycles[1].length, 3);
	ck_assert_double_eq_tol(graph.cycles[1].confidence, 0.5, 1e-9);
	ck_assert_uint_eq(graph.root_count, 0);
	drop_graph();
}
END_TEST

START_TEST(roots_count_their_victims)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};

	setup_graph();
	edge(&graph, 0, 1, 1);
	edge(&graph, 1, 2, 1);
	edge(&graph, 3, 2, 0.7);
	edge(&graph, 3, 5, 0.2); /* a less likely holder does not move the root */
	edge(&graph, 4, -1, 0);
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.cycle_count, 0);
	ck_assert_uint_eq(graph.root_count, 2);
	ck_assert_ptr_eq(graph.roots[0].task, &people[2]);
	ck_assert_uint_eq(graph.roots[0].victims, 3);
	ck_assert(!graph.roots[1].holder_known);
	ck_assert_ptr_eq(graph.roots[1].task, &people[4]);
	drop_graph();
}
END_TEST

#define CHAIN 20000

/* One queue of every task behind the next, and tasks that lead into a cycle. */
START_TEST(long_chains_end_in_one_root)
{
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};
	struct task *chain = calloc(CHAIN + 1, sizeof(*chain));

	setup_graph();
	for (size_t i = 0; i <= CHAIN; i++)
		chain[i].address = 0xffff888100000000 + i * 64;
	for (size_t i = 0; i < CHAIN; i++) {
		struct wait_edge one = {&chain[i], &chain[i + 1], lock_json, proven, 1, 0};

		assert_ok(wait_graph_add(&graph, &one));
	}
	edge(&graph, 0, 1, 1);
	edge(&graph, 1, 2, 1);
	edge(&graph, 2, 1, 1);
	edge(&graph, 3, 0, 1);
	assert_ok(wait_graph_solve(&graph));
	ck_assert_uint_eq(graph.root_count, 1);
	ck_assert_ptr_eq(graph.roots[0].task, &chain[CHAIN]);
	ck_assert_uint_eq(graph.roots[0].victims, CHAIN);
	ck_assert_uint_eq(graph.cycle_count, 1);
	ck_assert_uint_eq(graph.cycles[0].length, 2);
	drop_graph();
	free(chain);
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
	  cycles_are_found_with_their_sureness, roots_count_their_victims,
	  long_chains_end_in_one_root,
	  stacks_say_what_is_waited_for)
