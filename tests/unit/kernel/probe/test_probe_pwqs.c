/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work queues in made memory: what they have in common tells their members, and what contradicts it. */
#include "fake_kernel.h"
#include "kernel/probe/probe_pwqs.h"
#include "kernel/types/probed.h"

#define QUEUES 6u
#define HEAD (FAKE_BASE + 0x800)
#define QUEUE(i) (FAKE_BASE + 0x1000 + 0x400 * (uint64_t)(i))
#define PWQ(i) (FAKE_BASE + 0x10000 + 0x200 * (uint64_t)(i))
#define POOL (FAKE_BASE + 0x20000)

enum { AT_PWQS = 0, AT_LIST = 16, AT_FLUSHER = 80, AT_NODE = 120 };

static struct type_provider *types;

static void link_nodes(uint64_t first, uint64_t second)
{
	fake_u64(first, second);
	fake_u64(second + 8, first);
}

static void put_queues(void)
{
	fake_open(NULL);
	fake_symbol("workqueues", HEAD);
	for (unsigned i = 0; i < QUEUES; i++) {
		link_nodes(i ? QUEUE(i - 1) + AT_LIST : HEAD, QUEUE(i) + AT_LIST);
		link_nodes(QUEUE(i) + AT_PWQS, PWQ(i) + AT_NODE);
		link_nodes(PWQ(i) + AT_NODE, QUEUE(i) + AT_PWQS);
		fake_u64(PWQ(i), POOL);
		fake_u64(PWQ(i) + 8, QUEUE(i));
		link_nodes(QUEUE(i) + AT_FLUSHER + 8, QUEUE(i) + AT_FLUSHER + 8);
		link_nodes(QUEUE(i) + AT_FLUSHER + 24, QUEUE(i) + AT_FLUSHER + 24);
	}
	link_nodes(QUEUE(QUEUES - 1) + AT_LIST, HEAD);
	assert_ok(probed_open(&types));
	assert_ok(probed_add(types, "list_head", "next", 0, PROBED_POINTER));
	assert_ok(
		probed_add(types, "workqueue_struct", "pwqs", AT_PWQS, PROBED_STRUCT("list_head")));
	assert_ok(
		probed_add(types, "workqueue_struct", "list", AT_LIST, PROBED_STRUCT("list_head")));
}

static uint64_t at(const char *type, const char *path)
{
	struct member member;

	return type_find_member(types->ops->find(types, TYPE_STRUCT, type), path, &member)
		       ? member_offset(&member)
		       : UINT64_MAX;
}

static void close_queues(void)
{
	types->ops->close(types);
	fake_close();
}

START_TEST(members)
{
	put_queues();
	assert_ok(probe_pwqs(&kernel, types));
	ck_assert_uint_eq(at("pool_workqueue", "pwqs_node"), AT_NODE);
	ck_assert_uint_eq(at("pool_workqueue", "wq"), 8);
	ck_assert_uint_eq(at("workqueue_struct", "first_flusher"), AT_FLUSHER);
	ck_assert_uint_eq(at("workqueue_struct", "flusher_overflow"), AT_FLUSHER + 24);
	close_queues();
}
END_TEST

START_TEST(loop_ends)
{
	put_queues();
	link_nodes(QUEUE(QUEUES - 1) + AT_LIST, QUEUE(1) + AT_LIST);
	assert_ok(probe_pwqs(&kernel, types));
	ck_assert_uint_lt(fake.reads, 100000);
	close_queues();
}
END_TEST

START_TEST(nothing_of_damage)
{
	put_queues();
	fake_u64(PWQ(3) + 8, QUEUE(2)); /* leads to another's */
	fake_u64(QUEUE(4) + AT_FLUSHER, 12345);
	assert_ok(probe_pwqs(&kernel, types));
	ck_assert_uint_eq(at("pool_workqueue", "pwqs_node"), UINT64_MAX);
	ck_assert_uint_eq(at("workqueue_struct", "first_flusher"), UINT64_MAX);
	close_queues();
	put_queues();
	fake_u64(HEAD, 8); /* a wild pointer */
	assert_ok(probe_pwqs(&kernel, types));
	ck_assert_uint_eq(at("pool_workqueue", "wq"), UINT64_MAX);
	close_queues();
	put_queues();
	/* Another place fits as well: neither is taken. */
	for (unsigned i = 0; i < QUEUES; i++) {
		link_nodes(QUEUE(i) + 200 + 8, QUEUE(i) + 200 + 8);
		link_nodes(QUEUE(i) + 200 + 24, QUEUE(i) + 200 + 24);
	}
	assert_ok(probe_pwqs(&kernel, types));
	ck_assert_uint_eq(at("workqueue_struct", "first_flusher"), UINT64_MAX);
	close_queues();
}
END_TEST

UNIT_MAIN("probe_pwqs", members, loop_ends, nothing_of_damage)
