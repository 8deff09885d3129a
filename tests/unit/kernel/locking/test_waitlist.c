/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "kernel/locking/waitlist.h"
#include "kernel/tasks/task.h"
#include "kernel/types/members.h"
#include "locks/critical_section.h"

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

#define CODE (FAKE_BASE + 0xe000)
#define DOWN_READ (FAKE_BASE + 0xe400)
#define DOWN_WRITE (FAKE_BASE + 0xe500)
#define UP_READ (FAKE_BASE + 0xe600)
#define CALL_LENGTH 15

/* movabs $lock,%rdi; call target */
static void put_call(unsigned slot, uint64_t lock, uint64_t target)
{
	uint64_t at = CODE + slot * CALL_LENGTH;

	fake_put(at, "\x48\xbf", 2);
	fake_u64(at + 2, lock);
	fake_put(at + 10, "\xe8", 1);
	fake_u32(at + 11, (uint32_t)(target - (at + CALL_LENGTH)));
}

static struct lock_region follow(unsigned slots)
{
	const struct lock_calls calls = {lock_region_rwsem_call, LOCK};
	struct lock_region region = {0};

	lock_region_follow(&kernel, CODE, CODE + slots * CALL_LENGTH, &calls, &region);
	return region;
}

START_TEST(code_says_whether_it_still_has_a_lock)
{
	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("taker", CODE);
	fake_symbol("down_read", DOWN_READ);
	fake_symbol("down_write", DOWN_WRITE);
	fake_symbol("up_read", UP_READ);
	put_call(0, LOCK + 64, DOWN_WRITE); /* another lock */
	put_call(1, LOCK, DOWN_READ);
	put_call(2, LOCK + 64, UP_READ);
	put_call(3, LOCK, UP_READ);
	put_call(4, LOCK, DOWN_WRITE);
	ck_assert(!follow(1).inside);
	ck_assert(follow(2).inside && follow(2).read);
	ck_assert_uint_eq(follow(2).lock, LOCK);
	ck_assert(follow(3).inside);
	ck_assert(!follow(4).inside);
	ck_assert(follow(5).inside && !follow(5).read);
	fake_put(CODE, "\x06", 1); /* no instruction of this mode: nothing is said */
	ck_assert(!follow(5).inside);
	disasm_close(kernel.disasm);
	fake_close();
}
END_TEST

#define POINTER (FAKE_BASE + 0xe700)
#define OBJECT (FAKE_BASE + 0xe800)

/* mov POINTER(%rip),%rax; lea 0x48(%rax),%rdi; call down_read: a lock in what a variable points to. */
START_TEST(code_reaches_a_lock_through_a_pointer)
{
	const struct lock_calls calls = {lock_region_rwsem_call, OBJECT + 0x48};
	struct lock_region region = {0};

	fake_open(NULL);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("taker", CODE);
	fake_symbol("down_read", DOWN_READ);
	fake_u64(POINTER, OBJECT);
	fake_put(CODE, "\x48\x8b\x05", 3);
	fake_u32(CODE + 3, (uint32_t)(POINTER - (CODE + 7)));
	fake_put(CODE + 7, "\x48\x8d\x78\x48\xe8", 5);
	fake_u32(CODE + 12, (uint32_t)(DOWN_READ - (CODE + 16)));
	lock_region_follow(&kernel, CODE, CODE + 16, &calls, &region);
	ck_assert(region.inside && region.known && region.read);
	ck_assert_uint_eq(region.lock, OBJECT + 0x48);
	/* Another object, and a pointer that cannot be read. */
	fake_u64(POINTER, OBJECT + 8);
	region = (struct lock_region){0};
	lock_region_follow(&kernel, CODE, CODE + 16, &calls, &region);
	ck_assert(!region.inside);
	fake_u32(CODE + 3, 0x7fffff00);
	lock_region_follow(&kernel, CODE, CODE + 16, &calls, &region);
	ck_assert(!region.inside);
	/* A call in between may change the register. */
	fake_u64(POINTER, OBJECT);
	fake_u32(CODE + 3, (uint32_t)(POINTER - (CODE + 7)));
	fake_put(CODE + 7, "\xe8\0\0\0\0\x48\x8d\x78\x48\xe8", 10);
	fake_u32(CODE + 17, (uint32_t)(DOWN_READ - (CODE + 21)));
	lock_region_follow(&kernel, CODE, CODE + 21, &calls, &region);
	ck_assert(!region.inside);
	disasm_close(kernel.disasm);
	fake_close();
}
END_TEST

UNIT_MAIN("waitlist", a_ring_is_walked_from_its_lock_and_from_any_waiter,
	  a_ring_without_a_head_begins_where_its_lock_points, a_head_on_a_stack_is_no_waiter,
	  broken_rings_are_cut_short_and_said_so, a_loop_that_misses_the_start_ends,
	  code_says_whether_it_still_has_a_lock, code_reaches_a_lock_through_a_pointer)
