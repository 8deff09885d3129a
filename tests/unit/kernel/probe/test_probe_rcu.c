/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RCU's structures in made memory: its thread, its clock ticks, its nodes and their readers. */
#include "fake_probe.h"
#include "kernel/probe/probe_rcu.h"
#include "kernel/probe/probe_sample.h"

#define STATE (FAKE_BASE + 0x1000)
#define DATA (FAKE_BASE + 0x800)
#define NODE (FAKE_BASE + 0x5000)
#define TASK(i) (FAKE_BASE + 0x6000 + 0x400 * (uint64_t)(i))
#define NOW 4300000000ull

enum {
	AT_ACTIVITY = 0x400,
	AT_KTHREAD = 0x3c0,
	AT_NODE = 24,
	AT_READERS = 96,
	AT_ENTRY = 256,
	AT_COMM = 64,
	TASK_BYTES = 512,
};

static uint8_t bytes[2][TASK_BYTES];
static struct sample_task tasks[2] = {{.bytes = bytes[0]}, {.bytes = bytes[1]}};
static struct sample sample = {
	.kernel = &kernel, .tasks = tasks, .count = 2, .length = TASK_BYTES, .comm = AT_COMM};

static void put_state(void)
{
	fake_symbol("rcu_state", STATE);
	fake_symbol("behind", STATE + 0x800);
	fake_u64(STATE + AT_KTHREAD, TASK(1));
	fake_u64(STATE + AT_ACTIVITY - 16, NOW - 900); /* gp_start */
	fake_u64(STATE + AT_ACTIVITY - 8, NOW - 500);  /* gp_end */
	fake_u64(STATE + AT_ACTIVITY, NOW);
	assert_ok(probed_add(probed, "rcu_state", "gp_activity", AT_ACTIVITY, PROBED_NUMBER(8)));
}

static void put_data(void)
{
	fake_symbol("rcu_data", DATA);
	for (unsigned cpu = 0; cpu < FAKE_CPUS; cpu++) {
		fake_u64(DATA + cpu * FAKE_AREA + AT_NODE, NODE);
		fake_u64(DATA + cpu * FAKE_AREA + AT_NODE + 8, 1ull << cpu);
	}
	fake_link(NODE + AT_READERS, NODE + AT_READERS);
	assert_ok(probed_add(probed, "rcu_data", "mynode", AT_NODE, PROBED_POINTER));
	assert_ok(probed_add(probed, "list_head", "next", 0, PROBED_POINTER));
	assert_ok(probed_add(probed, "list_head", "prev", 8, PROBED_POINTER));
	assert_ok(probed_add(probed, "task_struct", "rcu_node_entry", AT_ENTRY,
			     PROBED_STRUCT("list_head")));
}

static void start(void)
{
	static const char *const names[] = {"swapper/0", "rcu_preempt"};

	fake_probe_open();
	sample.types = probed;
	for (unsigned i = 0; i < 2; i++) {
		tasks[i].address = TASK(i);
		snprintf((char *)bytes[i] + AT_COMM, 16, "%s", names[i]);
	}
	put_state();
	put_data();
}

static void stop(void)
{
	fake_probe_close();
}

START_TEST(thread_and_times)
{
	start();
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_state", "gp_kthread"), AT_KTHREAD);
	ck_assert_uint_eq(probed_at("rcu_state", "gp_start"), AT_ACTIVITY - 16);
	stop();
	start();
	fake_u64(STATE + AT_ACTIVITY - 16, TASK(0)); /* before gp_end came in between */
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_state", "gp_start"), AT_ACTIVITY - 8);
	stop();
}
END_TEST

START_TEST(thread_that_is_not_told)
{
	start();
	fake_u64(STATE + AT_KTHREAD + 16, TASK(1)); /* which of the two? */
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_state", "gp_kthread"), UINT64_MAX);
	stop();
	start();
	memcpy(bytes[1] + AT_COMM, "kthreadd", 9);
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_state", "gp_kthread"), UINT64_MAX);
	stop();
}
END_TEST

START_TEST(bits_of_cpus)
{
	start();
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_data", "grpmask"), AT_NODE + 8);
	stop();
	start();
	fake_u64(DATA + FAKE_AREA + AT_NODE + 8, 1); /* the other CPU's */
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_data", "grpmask"), UINT64_MAX);
	stop();
	start();
	fake_u64(DATA + FAKE_AREA + AT_NODE + 8, 6); /* two bits */
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_data", "grpmask"), UINT64_MAX);
	stop();
}
END_TEST

/* One reader, and the grace period waits for it. */
static void put_reader(uint64_t gp_tasks)
{
	fake_link(NODE + AT_READERS, TASK(0) + AT_ENTRY);
	fake_link(TASK(0) + AT_ENTRY, NODE + AT_READERS);
	fake_u64(NODE + AT_READERS + 16, gp_tasks);
	fake_put(TASK(0) + AT_COMM, "reader", 7);
}

START_TEST(readers)
{
	start();
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_node", "blkd_tasks"), AT_READERS);
	stop();
	start();
	put_reader(TASK(0) + AT_ENTRY);
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_node", "blkd_tasks"), AT_READERS);
	ck_assert_uint_eq(probed_at("rcu_node", "gp_tasks"), AT_READERS + 16);
	stop();
}
END_TEST

START_TEST(lists_that_are_not_of_readers)
{
	start();
	put_reader(TASK(1) + AT_ENTRY); /* not on the list */
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_node", "blkd_tasks"), UINT64_MAX);
	stop();
	start();
	put_reader(0);
	fake_u64(TASK(0) + AT_COMM, 0); /* no task: it has no name */
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_node", "blkd_tasks"), UINT64_MAX);
	stop();
	start();
	put_reader(0);
	fake_link(TASK(0) + AT_ENTRY, TASK(0) + AT_ENTRY); /* leads to itself */
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_node", "blkd_tasks"), UINT64_MAX);
	ck_assert_uint_lt(fake.reads, 100000);
	stop();
}
END_TEST

START_TEST(absurd_size)
{
	start();
	fake.symbols[1].address = STATE + (9ull << 20);
	assert_ok(probe_rcu(&sample));
	ck_assert_uint_eq(probed_at("rcu_state", "gp_kthread"), UINT64_MAX);
	stop();
}
END_TEST

UNIT_MAIN("probe_rcu", thread_and_times, thread_that_is_not_told, bits_of_cpus, readers,
	  lists_that_are_not_of_readers, absurd_size)
