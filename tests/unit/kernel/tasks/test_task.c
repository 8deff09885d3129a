/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/locking/sleeper.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"

#define TASK(i) (FAKE_BASE + 0x1000 + 0x200 * (uint64_t)(i))
#define SIGNAL(i) (FAKE_BASE + 0x9000 + 0x40 * (uint64_t)(i))
#define STACK(i) (FAKE_BASE + 0x10000 + 0x4000 * (uint64_t)(i))
#define RQ (FAKE_BASE + 0xc000)

/* init_task and processes 1 … count-1, each of one thread, each with a stack. */
static void put_processes(unsigned count)
{
	fake_open(NULL);
	fake_symbol("init_task", TASK(0));
	for (unsigned i = 0; i < count; i++) {
		fake_task(TASK(i), (int)i, "task", TASK((i + 1) % count),
			  TASK((i + count - 1) % count), SIGNAL(i));
		fake_u64(TASK(i) + T_STACK, STACK(i));
		fake_u32(TASK(i) + T_STATE, 1);
	}
}

/* Put task i into the ring of task leader's threads, behind it. */
static void put_thread(unsigned leader, unsigned i, int pid)
{
	uint64_t node = TASK(i) + T_THREADS, before = TASK(leader) + T_THREADS;

	fake_task(TASK(i), pid, "thread", 0, 0, SIGNAL(leader));
	fake_u32(TASK(i) + T_TGID, leader);
	fake_u64(before, node);
	fake_u64(node, SIGNAL(leader));
	fake_u64(SIGNAL(leader), before);
}

static void close_tasks(void)
{
	tasks_close(kernel.tasks);
	percpu_close(kernel.percpu);
	fake_close();
}

START_TEST(processes_and_threads_are_found)
{
	const struct task *task;

	put_processes(4);
	put_thread(2, 5, 17);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_ptr_null(tasks_error(kernel.tasks));
	ck_assert_uint_eq(tasks_count(kernel.tasks), 5);
	ck_assert(tasks_at(kernel.tasks, 0)->idle);
	task = tasks_by_pid(kernel.tasks, 17);
	ck_assert_ptr_nonnull(task);
	ck_assert_int_eq(task->tgid, 2);
	ck_assert_str_eq(task->comm, "thread");
	ck_assert_ptr_eq(tasks_find(kernel.tasks, TASK(5)), task);
	ck_assert_ptr_null(tasks_find(kernel.tasks, TASK(6)));
	ck_assert_ptr_null(tasks_by_pid(kernel.tasks, 0));
	ck_assert_int_eq(tasks_by_stack(kernel.tasks, STACK(3) + 0x3fff)->pid, 3);
	ck_assert_ptr_null(tasks_by_stack(kernel.tasks, STACK(4)));
	ck_assert_uint_eq(task->on_cpu, -1);
	close_tasks();
}
END_TEST

START_TEST(rings_without_a_head_end_too)
{
	put_processes(3);
	put_thread(1, 5, 17);
	/* As thread_group before v3.14, and as a leader's node that the head is not between. */
	fake_u64(TASK(5) + T_THREADS, TASK(1) + T_THREADS);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_ptr_null(tasks_error(kernel.tasks));
	ck_assert_uint_eq(tasks_count(kernel.tasks), 4);
	close_tasks();
}
END_TEST

START_TEST(a_looping_task_list_ends)
{
	put_processes(6);
	fake_u64(TASK(4) + T_TASKS, TASK(2) + T_TASKS); /* 4 → 2, for ever */
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_int_eq(tasks_error(kernel.tasks)->code, ERR_LOOP);
	/* The other end of the list still leads to 5. */
	ck_assert_uint_eq(tasks_count(kernel.tasks), 6);
	close_tasks();
}
END_TEST

START_TEST(a_broken_task_list_is_entered_from_behind)
{
	put_processes(8);
	fake_u64(TASK(3) + T_TASKS, 0xdead000000000100);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_int_eq(tasks_error(kernel.tasks)->code, ERR_UNMAPPED);
	ck_assert_uint_eq(tasks_count(kernel.tasks), 8);
	close_tasks();
}
END_TEST

START_TEST(looping_thread_lists_end)
{
	put_processes(3);
	put_thread(1, 5, 17);
	put_thread(1, 6, 18);
	fake_u64(TASK(6) + T_THREADS, TASK(5) + T_THREADS);
	fake_u64(TASK(5) + T_THREADS, TASK(6) + T_THREADS);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_int_eq(tasks_error(kernel.tasks)->code, ERR_LOOP);
	ck_assert_uint_eq(tasks_count(kernel.tasks), 5);
	close_tasks();

	/* A head that points to itself. */
	put_processes(3);
	put_thread(1, 5, 17);
	fake_u64(SIGNAL(1), SIGNAL(1));
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_int_eq(tasks_error(kernel.tasks)->code, ERR_LOOP);
	ck_assert_uint_eq(tasks_count(kernel.tasks), 4);
	close_tasks();
}
END_TEST

static char state_of(uint32_t state, uint32_t exit_state)
{
	put_processes(2);
	fake_u32(TASK(1) + T_STATE, state);
	fake_u32(TASK(1) + T_EXIT_STATE, exit_state);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	char letter = tasks_by_pid(kernel.tasks, 1)->state;
	close_tasks();
	return letter;
}

START_TEST(states_have_their_letters)
{
	ck_assert_int_eq(state_of(0, 0), 'R');
	ck_assert_int_eq(state_of(1, 0), 'S');
	ck_assert_int_eq(state_of(2, 0), 'D');
	ck_assert_int_eq(state_of(0x102, 0), 'D'); /* TASK_KILLABLE */
	ck_assert_int_eq(state_of(0x402, 0), 'I');
	ck_assert_int_eq(state_of(4, 0), 'T');
	ck_assert_int_eq(state_of(8, 0), 't');
	ck_assert_int_eq(state_of(0x80, 0x10), 'X');
	ck_assert_int_eq(state_of(0x80, 0x20), 'Z');
	ck_assert_int_eq(state_of(0x80, 0x30), 'Z');
	ck_assert_int_eq(state_of(0x40, 0), 'P');
	ck_assert_int_eq(state_of(0x1000, 0), 'D'); /* TASK_RTLOCK_WAIT */
	ck_assert_int_eq(state_of(0x8000, 0), 'D'); /* TASK_FROZEN */
}
END_TEST

/* 2.6.32: a zombie is 16, dead is 32; the kernel's own table says so. */
START_TEST(states_follow_the_kernels_table)
{
	static const char *const old[] = {"R (running)", "S (sleeping)",     "D (disk sleep)",
					  "T (stopped)", "T (tracing stop)", "Z (zombie)",
					  "X (dead)"};
	uint64_t table = FAKE_BASE + 0xd000, text = FAKE_BASE + 0xd100;

	put_processes(3);
	fake_symbol("task_state_array", table);
	for (unsigned i = 0; i < ARRAY_SIZE(old); i++) {
		fake_u64(table + i * 8, text + i * 32);
		fake_put(text + i * 32, old[i], strlen(old[i]) + 1);
	}
	fake_u32(TASK(1) + T_EXIT_STATE, 16);
	fake_u32(TASK(2) + T_STATE, 8);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_int_eq(tasks_by_pid(kernel.tasks, 1)->state, 'Z');
	ck_assert_int_eq(tasks_by_pid(kernel.tasks, 2)->state, 't');
	close_tasks();
}
END_TEST

static void put_runqueue(uint64_t curr, uint64_t idle, uint64_t clock)
{
	fake_symbol("runqueues", RQ);
	fake_u64(RQ, curr);
	fake_u64(RQ + 8, idle);
	fake_u64(RQ + 16, clock);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
}

START_TEST(runqueues_name_who_runs)
{
	put_processes(3);
	put_runqueue(TASK(2), TASK(0), 5000000000);
	fake_u64(TASK(1) + T_ARRIVAL, 2000000000);
	fake_u64(TASK(2) + T_ARRIVAL, 2000000000);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_uint_eq(tasks_count(kernel.tasks), 3);
	ck_assert_int_eq(tasks_on_cpu(kernel.tasks, 0)->pid, 2);
	ck_assert_ptr_null(tasks_on_cpu(kernel.tasks, 1));
	ck_assert_uint_eq(tasks_by_pid(kernel.tasks, 1)->blocked_ns, 3000000000);
	ck_assert_uint_eq(tasks_by_pid(kernel.tasks, 2)->blocked_ns, 0);
	close_tasks();

	/* On no list any more, and a runqueue that holds nonsense. */
	put_processes(3);
	fake_task(TASK(7), 77, "leaving", 0, 0, SIGNAL(7));
	put_runqueue(TASK(7), 0x1234, 0);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	ck_assert_int_eq(tasks_on_cpu(kernel.tasks, 0)->pid, 77);
	ck_assert_int_eq(tasks_error(kernel.tasks)->code, ERR_UNMAPPED);
	close_tasks();
}
END_TEST

/* Overwritten, a clock may show any time: some task came to a CPU within the last hour. */
START_TEST(an_absurd_clock_ages_nobody)
{
	static const uint64_t absurd[] = {INT64_MAX, UINT64_MAX, 1ull << 63};

	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		put_processes(3);
		put_runqueue(TASK(2), TASK(0), absurd[i]);
		fake_u64(TASK(1) + T_ARRIVAL, 2000000000);
		assert_ok(tasks_open(&kernel, &kernel.tasks));
		ck_assert_uint_eq(tasks_by_pid(kernel.tasks, 1)->blocked_ns, 0);
		ck_assert_uint_eq(tasks_clock(kernel.tasks)->newest, 0);
		close_tasks();
	}
}
END_TEST

/* No stack can be unwound here: what a task has noted down itself is all there is. */
START_TEST(a_task_without_a_stack_says_what_blocks_it)
{
	static const struct {
		uint64_t word;
		enum wait_kind kind;
		enum lock_mode mode;
		uint64_t lock;
	} cases[] = {
		{FAKE_BASE + 0x100, WAIT_MUTEX, MODE_EXCLUSIVE, FAKE_BASE + 0x100},
		{FAKE_BASE + 0x101, WAIT_SEMAPHORE, MODE_EXCLUSIVE, FAKE_BASE + 0x100},
		{FAKE_BASE + 0x102, WAIT_RWSEM, MODE_READ, FAKE_BASE + 0x100},
		{FAKE_BASE + 0x103, WAIT_RWSEM, MODE_WRITE, FAKE_BASE + 0x100},
		{0, WAIT_NONE, MODE_UNKNOWN, 0},
		{0x1003, WAIT_NONE, MODE_UNKNOWN, 0}, /* no kernel's address */
	};
	struct sleepers *sleepers;

	put_processes(ARRAY_SIZE(cases) + 1);
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_u32(TASK(i + 1) + T_STATE, 2);
		fake_u64(TASK(i + 1) + T_BLOCKER, cases[i].word);
	}
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	assert_ok(sleepers_of(&kernel, &sleepers));
	ck_assert_uint_eq(sleepers->count, ARRAY_SIZE(cases));
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert(sleeper_stackless(&sleepers->list[i]));
		ck_assert_int_eq(sleepers->list[i].kind, cases[i].kind);
		ck_assert_int_eq(sleepers->list[i].mode, cases[i].mode);
		ck_assert_uint_eq(sleepers->list[i].lock, cases[i].lock);
	}
	sleepers_close(sleepers);
	kernel.sleepers = NULL;
	close_tasks();
}
END_TEST

UNIT_MAIN("task", processes_and_threads_are_found, rings_without_a_head_end_too,
	  a_looping_task_list_ends, a_broken_task_list_is_entered_from_behind,
	  looping_thread_lists_end, states_have_their_letters, states_follow_the_kernels_table,
	  runqueues_name_who_runs, an_absurd_clock_ages_nobody,
	  a_task_without_a_stack_says_what_blocks_it)
