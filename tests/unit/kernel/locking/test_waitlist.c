/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/locking/waitlist.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"

#define TASKS 5
#define TASK(i) (FAKE_BASE + 0x1000 + 0x200 * (uint64_t)(i))
#define SIGNAL(i) (FAKE_BASE + 0x9000 + 0x40 * (uint64_t)(i))
#define STACK(i) (FAKE_BASE + 0x10000 + 0x4000 * (uint64_t)(i))
#define WAITER(i) (STACK(i) + 0x3e00) /* its list_head comes first, then the task */
#define LOCK (FAKE_BASE + 0xd000)
#define HEAD (LOCK + 8)

static void headed_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);

	(void)i;
	b_record(b, B_STRUCT, "mutex_waiter", 24, 2, "list", list, 0, "task", l, 128);
	b_record(b, B_STRUCT, "mutex", 24, 2, "owner", l, 0, "wait_list", list, 64);
}

/* The lock only points to its first waiter. */
static void headless_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t waiter =
		b_record(b, B_STRUCT, "mutex_waiter", 24, 2, "list", list, 0, "task", l, 128);

	(void)i;
	b_record(b, B_STRUCT, "mutex", 16, 2, "owner", l, 0, "first_waiter",
		 b_plain(b, B_PTR, "", waiter), 64);
}

static bool is_the_lock(struct kernel *from, uint64_t lock, size_t waiters)
{
	(void)from;
	return lock == LOCK && waiters;
}

static const struct waitlist_ops ops = {
	.waiter_list = MEMBER_MUTEX_WAITER_LIST,
	.waiter_task = MEMBER_MUTEX_WAITER_TASK,
	.lock_list = MEMBER_MUTEX_WAITERS,
	.plausible = is_the_lock,
};

static void put_tasks(void (*types)(struct btf_build *b, uint32_t i, uint32_t l))
{
	fake_open(types);
	fake_symbol("init_task", TASK(0));
	for (unsigned i = 0; i < TASKS; i++) {
		fake_task(TASK(i), (int)i, "task", TASK((i + 1) % TASKS),
			  TASK((i + TASKS - 1) % TASKS), SIGNAL(i));
		fake_u64(TASK(i) + T_STACK, STACK(i));
		fake_u64(WAITER(i) + 16, TASK(i));
	}
	assert_ok(tasks_open(&kernel, &kernel.tasks));
}

static void link_nodes(uint64_t node, uint64_t next)
{
	fake_u64(node, next);
	fake_u64(next + 8, node);
}

/* Tasks 3, 1, 2 wait, in this order. */
static void put_ring(uint64_t last_to_first)
{
	if (last_to_first) {
		link_nodes(last_to_first, WAITER(3));
		link_nodes(WAITER(2), last_to_first);
	} else {
		link_nodes(WAITER(2), WAITER(3));
	}
	link_nodes(WAITER(3), WAITER(1));
	link_nodes(WAITER(1), WAITER(2));
}

static void close_tasks(void)
{
	tasks_close(kernel.tasks);
	fake_close();
}

static struct sleeper sleeper_of(int pid)
{
	return (struct sleeper){.task = tasks_by_pid(kernel.tasks, pid), .sp = STACK(pid) + 0x3c00};
}

static void expect_ring(struct waitlist *list)
{
	ck_assert_ptr_null(list->err);
	ck_assert_uint_eq(list->lock, LOCK);
	ck_assert_uint_eq(list->count, 3);
	ck_assert_int_eq(list->waiters[0].task->pid, 3);
	ck_assert_int_eq(list->waiters[1].task->pid, 1);
	ck_assert_int_eq(list->waiters[2].task->pid, 2);
	ck_assert_uint_eq(list->waiters[0].node, WAITER(3));
	waitlist_deinit(list);
}

START_TEST(a_ring_is_walked_from_its_lock_and_from_any_waiter)
{
	struct waitlist list = {0};

	put_tasks(headed_types);
	put_ring(HEAD);
	assert_ok(waitlist_of_lock(&kernel, &ops, LOCK, &list));
	expect_ring(&list);
	for (int pid = 1; pid <= 3; pid++) {
		struct sleeper sleeper = sleeper_of(pid);

		assert_ok(waitlist_of_sleeper(&kernel, &ops, &sleeper, &list));
		expect_ring(&list);
	}
	struct sleeper other = sleeper_of(4);
	assert_err(waitlist_of_sleeper(&kernel, &ops, &other, &list), ERR_NOT_FOUND);
	close_tasks();
}
END_TEST

/* The ring has no head: testing for one would never end. The lock is found on the stack. */
START_TEST(a_ring_without_a_head_begins_where_its_lock_points)
{
	struct waitlist list = {0};

	put_tasks(headless_types);
	put_ring(0);
	fake_u64(LOCK + 8, WAITER(3));
	assert_ok(waitlist_of_lock(&kernel, &ops, LOCK, &list));
	expect_ring(&list);
	struct sleeper sleeper = sleeper_of(2);
	assert_err(waitlist_of_sleeper(&kernel, &ops, &sleeper, &list), ERR_NOT_FOUND);
	fake_u64(STACK(2) + 0x3d00, LOCK);
	assert_ok(waitlist_of_sleeper(&kernel, &ops, &sleeper, &list));
	expect_ring(&list);
	/* An empty list, as NULL and as el7's pointer to itself. */
	fake_u64(LOCK + 8, 0);
	assert_ok(waitlist_of_lock(&kernel, &ops, LOCK, &list));
	ck_assert_uint_eq(list.count, 0);
	fake_u64(LOCK + 8, LOCK + 8);
	assert_ok(waitlist_of_lock(&kernel, &ops, LOCK, &list));
	ck_assert_uint_eq(list.count, 0);
	close_tasks();
}
END_TEST

/* A lock on a sleeper's own stack: its head stands on a stack and is no waiter. */
START_TEST(a_head_on_a_stack_is_no_waiter)
{
	struct waitlist list = {0};

	put_tasks(headed_types);
	fake_u64(STACK(4) + 0x3f10, TASK(1)); /* where the head's task would be */
	put_ring(STACK(4) + 0x3f00);
	struct sleeper sleeper = sleeper_of(1);
	assert_err(waitlist_of_sleeper(&kernel, &ops, &sleeper, &list), ERR_NOT_FOUND);
	assert_ok(waitlist_of_lock(&kernel, &ops, STACK(4) + 0x3f00 - 8, &list));
	ck_assert_ptr_null(list.err);
	ck_assert_uint_eq(list.count, 3);
	waitlist_deinit(&list);
	close_tasks();
}
END_TEST

/* What was read before the damage stays, and the damage is said. */
static void expect_cut(size_t count, enum err_code code)
{
	struct waitlist list = {0};

	assert_ok(waitlist_of_lock(&kernel, &ops, LOCK, &list));
	ck_assert_ptr_nonnull(list.err);
	ck_assert_int_eq(list.err->code, code);
	ck_assert_uint_eq(list.count, count);
	waitlist_deinit(&list);
}

START_TEST(broken_rings_are_cut_short_and_said_so)
{
	struct waitlist list = {0};

	put_tasks(headed_types);
	put_ring(HEAD);
	fake_u64(WAITER(2), WAITER(1)); /* a loop past the head */
	expect_cut(3, ERR_CORRUPT);
	fake_u64(WAITER(2), WAITER(2)); /* onto itself */
	expect_cut(3, ERR_CORRUPT);
	fake_u64(WAITER(2), 0);
	expect_cut(3, ERR_UNMAPPED);
	put_ring(HEAD);
	fake_u64(WAITER(1) + 8, HEAD); /* its prev is not who came before */
	expect_cut(1, ERR_CORRUPT);
	put_ring(HEAD);
	fake_u64(WAITER(1) + 16, TASK(4)); /* names a task on whose stack it is not */
	expect_cut(1, ERR_CORRUPT);
	fake_u64(WAITER(1) + 16, 0); /* woken: only where the kind of lock clears it */
	expect_cut(1, ERR_CORRUPT);
	struct waitlist_ops cleared = ops;
	cleared.cleared_when_woken = true;
	assert_ok(waitlist_of_lock(&kernel, &cleared, LOCK, &list));
	ck_assert_ptr_null(list.err);
	ck_assert_uint_eq(list.count, 3);
	ck_assert_ptr_null(list.waiters[1].task);
	waitlist_deinit(&list);
	close_tasks();
}
END_TEST

/* A ring whose end leads back into its middle, not to where the walk began. */
START_TEST(a_loop_that_misses_the_start_ends)
{
	struct waitlist list = {0};

	put_tasks(headless_types);
	fake_u64(LOCK + 8, WAITER(3));
	put_ring(0);
	fake_u64(WAITER(2), WAITER(1));
	fake_u64(WAITER(1) + 8, WAITER(2));
	assert_ok(waitlist_of_lock(&kernel, &ops, LOCK, &list));
	ck_assert_ptr_nonnull(list.err);
	ck_assert_uint_eq(list.count, 1);
	waitlist_deinit(&list);
	close_tasks();
}
END_TEST

UNIT_MAIN("waitlist", a_ring_is_walked_from_its_lock_and_from_any_waiter,
	  a_ring_without_a_head_begins_where_its_lock_points, a_head_on_a_stack_is_no_waiter,
	  broken_rings_are_cut_short_and_said_so, a_loop_that_misses_the_start_ends)
