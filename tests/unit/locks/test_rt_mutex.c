/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of rt_mutex waiters: whole ones, and those that loop, lie or go too deep. */
#include "fake_locks.h"

enum { NODE_RIGHT = 8, NODE_LEFT = 16, W_TASK = 24, W_LOCK = 32 };
enum { L_ROOT = 8, L_OWNER = 24 };

static void rt_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const node[] = {"__rb_parent_color", "rb_right", "rb_left"},
				 *const root[] = {"rb_node"};
	uint32_t rb_node = fake_longs(b, "rb_node", l, node, 3);
	uint32_t rb_root = fake_longs(b, "rb_root", l, root, 1);
	uint32_t cached = b_record(b, B_STRUCT, "rb_root_cached", 16, 2, "rb_root", rb_root, 0,
				   "rb_leftmost", l, 64);

	(void)i;
	b_record(b, B_STRUCT, "rt_mutex_waiter", 40, 3, "tree_entry", rb_node, 0, "task", l,
		 W_TASK * 8, "lock", l, W_LOCK * 8);
	b_record(b, B_STRUCT, "rt_mutex_base", 32, 3, "wait_lock", l, 0, "waiters", cached,
		 L_ROOT * 8, "owner", l, L_OWNER * 8);
}

static void put_waiter(int pid, uint64_t left, uint64_t right)
{
	fake_u64(WAITER(pid) + NODE_LEFT, left);
	fake_u64(WAITER(pid) + NODE_RIGHT, right);
	fake_u64(WAITER(pid) + W_TASK, TASK(pid));
	fake_u64(WAITER(pid) + W_LOCK, LOCK);
	fake_u64(TASK(pid) + T_PI_BLOCKED_ON, WAITER(pid));
}

/* Task 2 at the root, 3 before it, 1 after; task 4 owns the lock. */
static void set_up(void)
{
	put_tasks(rt_types);
	put_waiter(1, 0, 0);
	put_waiter(2, WAITER(3), WAITER(1));
	put_waiter(3, 0, 0);
	fake_u64(LOCK + L_ROOT, WAITER(2));
	fake_u64(LOCK + L_OWNER, TASK(4) | 1);
	open_tasks();
	for (int pid = 1; pid <= 3; pid++)
		put_asleep(pid, WAIT_RT_MUTEX, MODE_EXCLUSIVE);
}

static void expect(const char *waiters, const char *note)
{
	run_again(&rt_mutex_analyzer);
	const struct lock *lock = lock_at(LOCK);
	ck_assert_str_eq(waiters_of(lock), waiters);
	if (note[0])
		ck_assert_msg(strstr(note_of(lock), note), "%s", note_of(lock));
	else
		ck_assert_str_eq(note_of(lock), "");
}

START_TEST(waiters_come_in_the_trees_order)
{
	set_up();
	expect("3e 2e 1e", "");
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "4e");
	ck_assert_int_eq(lock_at(LOCK)->listed, 3);
	fake_u64(LOCK + L_OWNER, 0); /* between two owners */
	expect("3e 2e 1e", "");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "?e");
	fake_u64(LOCK + L_OWNER, 0x4141414141414141); /* no task of ours */
	expect("3e 2e 1e", "");
	ck_assert_str_eq(holders_of(lock_at(LOCK)), "?e");
	close_tasks();
}
END_TEST

START_TEST(trees_that_loop_end)
{
	set_up();
	fake_u64(WAITER(3) + NODE_LEFT, WAITER(2)); /* back up to the root */
	expect("", "tree loops");
	fake_u64(WAITER(3) + NODE_LEFT, WAITER(3)); /* onto itself */
	expect("", "tree loops");
	close_tasks();
	set_up();
	fake_u64(WAITER(1) + NODE_RIGHT, WAITER(3)); /* what was before is what comes after */
	expect("3e 2e 1e", "tree loops");
	close_tasks();
	set_up();
	fake_u64(WAITER(1) + NODE_RIGHT, 0x10); /* off into nothing */
	expect("3e 2e 1e", "0x0000000000000020");
	close_tasks();
}
END_TEST

START_TEST(waiters_that_are_none_end_the_walk)
{
	set_up();
	fake_u64(WAITER(2) + W_TASK, TASK(4)); /* not on the stack of whom it names */
	expect("3e", "on the stack of no task it names");
	fake_u64(WAITER(2) + W_TASK, 0x4141414141414141);
	expect("3e", "on the stack of no task it names");
	/* A sleeper's own waiter names another: nothing says which lock it waits for. */
	close_tasks();
	set_up();
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(WAITER(pid) + W_TASK, TASK(4));
	assert_err(rt_mutex_analyzer.run(&facts), ERR_NOT_FOUND);
	ck_assert_uint_eq(found.count, 0);
	/* pi_blocked_on that is another's, or points nowhere. */
	close_tasks();
	set_up();
	put_waiter(5, 0, 0);
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(TASK(pid) + T_PI_BLOCKED_ON, WAITER(5));
	assert_err(rt_mutex_analyzer.run(&facts), ERR_NOT_FOUND);
	close_tasks();
	set_up();
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(TASK(pid) + T_PI_BLOCKED_ON, 0x10);
	assert_err(rt_mutex_analyzer.run(&facts), ERR_NOT_FOUND);
	close_tasks();
}
END_TEST

/* A left spine deeper than any balanced tree: each node on the stack of task 5, so none loops. */
START_TEST(a_tree_too_deep_for_its_size_is_refused)
{
	const uint64_t base = STACK(5), size = 40;

	set_up();
	for (uint64_t i = 0; i < 100; i++) {
		fake_u64(base + i * size + NODE_LEFT, base + (i + 1) * size);
		fake_u64(base + i * size + NODE_RIGHT, 0);
		fake_u64(base + i * size + W_TASK, TASK(5));
	}
	fake_u64(base + 100 * size + NODE_LEFT, 0);
	fake_u64(base + 100 * size + W_TASK, TASK(5));
	fake_u64(LOCK + L_ROOT, base);
	expect("", "tree loops");
	close_tasks();
}
END_TEST

UNIT_MAIN("rt_mutex", waiters_come_in_the_trees_order, trees_that_loop_end,
	  waiters_that_are_none_end_the_walk, a_tree_too_deep_for_its_size_is_refused)
