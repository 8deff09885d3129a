/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who keeps a CPU, who starves behind it, who is throttled; and times that are absurd. */
#include "fake_locks.h"
#include "kernel/tasks/percpu.h"

/* struct rq { curr, idle, clock } of fake_kernel.h: what counts of tasks is in their own structures. */
#define COUNT (FAKE_BASE + 0x80)
#define OFFSETS (FAKE_BASE + 0x100)
#define ONLINE (FAKE_BASE + 0x180)
#define AREA(cpu) (FAKE_BASE + 0xa000 + 0x200 * (uint64_t)(cpu))
#define RQ 0x40
#define S 1000000000ull

static struct task_clock clock;
static double sure; /* of what was found */

static struct task *task_of(int pid)
{
	return (struct task *)tasks_by_pid(kernel.tasks, pid);
}

/* Task 1 has CPU 0; 2 and 3 are ready there. Everybody was born at 1 s, now it is 11 s. */
static void set_up(unsigned priority, uint64_t runtime)
{
	put_tasks(NULL);
	fake_symbol("nr_cpu_ids", COUNT);
	fake_symbol("__per_cpu_offset", OFFSETS);
	fake_symbol("runqueues", RQ);
	fake_u32(COUNT, 1);
	fake_u64(OFFSETS, AREA(0));
	fake_u64(AREA(0) + RQ, TASK(1));
	fake_u64(AREA(0) + RQ + 16, 11 * S);
	for (int pid = 1; pid < TASKS; pid++) {
		fake_u32(TASK(pid) + T_PRIO, 120);
		fake_u64(TASK(pid) + T_START, 1 * S);
		fake_u64(TASK(pid) + T_ARRIVAL, 1 * S);
		fake_u32(TASK(pid) + T_STATE, pid <= 3 ? 0 : FAKE_UNINTERRUPTIBLE);
	}
	fake_u32(TASK(1) + T_PRIO, priority);
	fake_u32(TASK(1) + T_POLICY, priority < 100);
	fake_u32(TASK(1) + T_RT_PRIORITY, 99 - priority);
	fake_u64(TASK(1) + T_RUNTIME, runtime);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	open_tasks();
	clock = *tasks_clock(kernel.tasks);
	ck_assert_uint_eq(clock.newest, 11 * S);
}

static void finish(void)
{
	close_tasks();
	percpu_close(kernel.percpu);
	kernel.percpu = NULL;
}

static void expect(const char *words)
{
	ck_assert(run_again(&run_queue_analyzer));
	ck_assert_msg(found.count == (words != NULL), "%zu: %s", found.count,
		      found.count ? found.list[0].headline : "");
	if (words)
		ck_assert_msg(strstr(found.list[0].headline, words), "%s", found.list[0].headline);
	sure = found.count ? found.list[0].confidence : 0;
	finish();
}

START_TEST(a_realtime_task_that_never_sleeps)
{
	set_up(49, 9500000000);
	expect("task/1 (SCHED_FIFO, priority 50) keeps CPU 0, 95 % of its 10.0 s; 2 tasks starve");
	set_up(49, 3 * S); /* it sleeps most of the time */
	expect(NULL);
	set_up(120, 10 * S); /* an ordinary one: others get their turn */
	expect(NULL);
}
END_TEST

START_TEST(others_that_wait_for_long)
{
	set_up(120, 10 * S);
	fake_u64(TASK(3) + T_QUEUED, 3 * S);
	fake_u64(TASK(2) + T_QUEUED, 10 * S);
	expect("2 tasks starve there, task/3 for 8.0 s");
	ck_assert(sure > 0.9);
	set_up(49, 1 * S); /* nobody kept it for so long: the one word is wrong */
	fake_u64(TASK(3) + T_QUEUED, 3 * S);
	expect("task/3 for 8.0 s");
	ck_assert(sure < 0.62);
}
END_TEST

START_TEST(a_throttled_task_is_ready_and_does_not_run)
{
	set_up(120, 1 * S);
	fake_u32(TASK(3) + T_PRIO, 49);
	fake_u32(TASK(3) + T_POLICY, 2);
	fake_u32(TASK(3) + T_RT_PRIORITY, 50);
	fake_u64(TASK(3) + T_RUNTIME, 9500000000);
	expect("task/3 (SCHED_RR, priority 50) keeps CPU 0, 95 % of its 10.0 s, and is throttled");
	/* One that was woken just now has not run much. */
	set_up(120, 1 * S);
	fake_u32(TASK(3) + T_PRIO, 49);
	fake_u64(TASK(3) + T_RUNTIME, 1000);
	expect(NULL);
}
END_TEST

START_TEST(times_that_are_absurd)
{
	set_up(49, UINT64_MAX);
	expect(NULL);
	set_up(49, 9500000000);
	task_of(1)->start_time = UINT64_MAX;
	expect(NULL);
	set_up(120, 1 * S);
	fake_u64(TASK(2) + T_QUEUED, UINT64_MAX); /* ahead */
	expect(NULL);
	set_up(49, 9500000000);
	fake_u32(TASK(1) + T_POLICY, 0xffffffff);
	expect("task/1 (real-time) keeps CPU 0");
}
END_TEST

UNIT_MAIN("run_queues", a_realtime_task_that_never_sleeps, others_that_wait_for_long,
	  a_throttled_task_is_ready_and_does_not_run, times_that_are_absurd)
