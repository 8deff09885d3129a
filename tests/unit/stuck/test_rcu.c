/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grace periods that do not end: for whom they wait, and lists that loop and lie. */
#include "cpus/cpu_state.h"
#include "fake_locks.h"
#include "kernel/tasks/percpu.h"
#include "stuck/ticks.h"

/*
 * struct rcu_state { gp_kthread, gp_seq, gp_start, gp_activity }; struct rcu_data { mynode, grpmask };
 * struct rcu_node { gp_tasks, blkd_tasks, qsmask }
 */
enum {
	S_THREAD = 0,
	S_SEQUENCE = 8,
	S_START = 16,
	S_ACTIVITY = 24,
	N_FIRST = 0,
	N_BLOCKED = 8,
	N_MASK = 24
};

#define COUNT (FAKE_BASE + 0x80)
#define OFFSETS (FAKE_BASE + 0x100)
#define STATE (FAKE_BASE + 0xa000)
#define NODE (FAKE_BASE + 0xa100)
#define AREA (FAKE_BASE + 0xa200)
#define DATA 0x40
#define RQ 0x80
#define ENTRY(pid) (TASK(pid) + T_RCU_ENTRY)

double ticks_since(struct kernel *of, uint64_t jiffies)
{
	(void)of;
	return (double)jiffies;
}

/* One CPU's state, which tasks_on_cpu() would give. */
static struct cpu_state there;
static bool is_idle;

struct err *cpu_states_open(struct kernel *of, const struct crash *crash, struct cpu_states *ret)
{
	(void)of;
	(void)crash;
	*ret = (struct cpu_states){.list = &there, .count = there.task != NULL};
	return NULL;
}

void cpu_states_deinit(struct cpu_states *states)
{
	(void)states;
}

bool cpu_state_idle(const struct cpu_state *state)
{
	(void)state;
	return is_idle;
}

bool cpu_state_culprit(struct kernel *of, const struct cpu_state *state, size_t from,
		       struct report_place *ret)
{
	(void)of;
	(void)state;
	(void)from;
	*ret = (struct report_place){.symbol = "lab_read"};
	return true;
}

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const state[] = {"gp_kthread", "gp_seq", "gp_start", "gp_activity"},
				 *const data[] = {"mynode", "grpmask"},
				 *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);

	(void)i;
	fake_longs(b, "rcu_state", l, state, 4);
	fake_longs(b, "rcu_data", l, data, 2);
	b_record(b, B_STRUCT, "rcu_node", 32, 3, "gp_tasks", l, 0, "blkd_tasks", list,
		 N_BLOCKED * 8, "qsmask", l, N_MASK * 8);
}

/* A grace period runs; tasks 1, 2 and 3 are blocked readers, 2 the first it waits for; 5 has the CPU. */
static void set_up(void)
{
	static struct crash crash = {.kind = CRASH_SYSRQ};

	put_tasks(types);
	fake_symbol("nr_cpu_ids", COUNT);
	fake_symbol("__per_cpu_offset", OFFSETS);
	fake_symbol("rcu_state", STATE);
	fake_symbol("rcu_data", DATA);
	fake_symbol("runqueues", RQ);
	fake_u32(COUNT, 1);
	fake_u64(OFFSETS, AREA);
	fake_u64(AREA + RQ, TASK(5));
	fake_u32(TASK(5) + T_PRIO, 120);
	fake_u64(AREA + DATA, NODE);
	fake_u64(STATE + S_SEQUENCE, 5);
	fake_u64(STATE + S_START, 9);
	fake_u64(NODE + N_FIRST, ENTRY(2));
	link_nodes(NODE + N_BLOCKED, ENTRY(1));
	link_nodes(ENTRY(1), ENTRY(2));
	link_nodes(ENTRY(2), ENTRY(3));
	link_nodes(ENTRY(3), NODE + N_BLOCKED);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	open_tasks();
	put_asleep(2, WAIT_NONE, MODE_UNKNOWN);
	facts.crash = &crash;
}

static void run_rcu(unsigned count)
{
	struct crash *crash = facts.crash;

	kept_findings_deinit(&found);
	kept_findings_init(&found);
	facts.crash = crash;
	assert_ok(rcu_analyzer.run(&facts));
	ck_assert_uint_eq(found.count, count);
}

static void finish(void)
{
	facts.crash = NULL;
	close_tasks();
	percpu_close(kernel.percpu);
	kernel.percpu = NULL;
}

static void says(unsigned at, const char *words)
{
	ck_assert_int_eq(found.list[at].id, FINDING_STUCK_RCU);
	ck_assert_msg(strstr(found.list[at].headline, words), "%s", found.list[at].headline);
}

START_TEST(readers_the_grace_period_waits_for)
{
	set_up();
	run_rcu(2);
	says(0, "waits for reader task/2");
	says(0, "for 9.0 s");
	says(1, "waits for reader task/3");
	((struct task *)tasks_by_pid(kernel.tasks, 2))->state = 'R';
	((struct task *)tasks_by_pid(kernel.tasks, 2))->cpu = 0;
	run_rcu(2);
	says(0, "task/5 has CPU 0");
	finish();
}
END_TEST

START_TEST(the_thread_that_gets_no_cpu)
{
	set_up();
	fake_u64(NODE + N_FIRST, 0);
	fake_u64(STATE + S_THREAD, TASK(4));
	fake_u64(STATE + S_ACTIVITY, 6);
	run_rcu(0); /* it sleeps */
	((struct task *)tasks_by_pid(kernel.tasks, 4))->state = 'R';
	((struct task *)tasks_by_pid(kernel.tasks, 4))->cpu = 0;
	run_rcu(1);
	says(0, "RCU's thread task/4 gets no CPU for 6.0 s; task/5 has CPU 0");
	((struct task *)tasks_by_pid(kernel.tasks, 4))->cpu =
		1; /* which nobody has: it was woken just now */
	run_rcu(0);
	((struct task *)tasks_by_pid(kernel.tasks, 4))->cpu = 0;
	fake_u64(STATE + S_ACTIVITY, 1); /* it ran a moment ago */
	run_rcu(0);
	finish();
}
END_TEST

START_TEST(grace_periods_that_go_on)
{
	set_up();
	fake_u64(STATE + S_SEQUENCE, 4); /* none runs */
	run_rcu(0);
	fake_u64(STATE + S_SEQUENCE, 5);
	fake_u64(STATE + S_START, 1); /* just begun */
	run_rcu(0);
	facts.crash->kind = CRASH_RCU_STALL; /* but the kernel says that it stalls */
	run_rcu(2);
	facts.crash->kind = CRASH_SYSRQ;
	finish();
}
END_TEST

START_TEST(lists_that_loop_and_lie)
{
	set_up();
	fake_u64(ENTRY(3), ENTRY(1));
	run_rcu(2);
	fake_u64(NODE + N_FIRST, 0x4141414141414141);
	run_rcu(0);
	fake_u64(NODE + N_FIRST, ENTRY(2));
	fake_u64(NODE + N_BLOCKED, 0x4141414141414141);
	run_rcu(0);
	fake_u64(AREA + DATA, 0x4141414141414141);
	run_rcu(0);
	finish();
}
END_TEST

/* Of a machine without memory: callbacks that are to free some wait for that CPU. */
START_TEST(the_cpu_it_waits_for)
{
	set_up();
	facts.crash->kind = CRASH_OUT_OF_MEMORY;
	facts.crash->cpu = 1;
	fake_u64(NODE + N_FIRST, 0);
	fake_u64(AREA + DATA + 8, 1);
	fake_u64(NODE + N_MASK, 1);
	there = (struct cpu_state){.task = tasks_by_pid(kernel.tasks, 5)};
	run_rcu(1);
	says(0, "waits for CPU 0 for 9.0 s, which task/5 keeps in lab_read()");
	is_idle = true;
	run_rcu(0);
	is_idle = false;
	facts.crash->cpu = 0; /* it runs on to free memory itself */
	run_rcu(0);
	facts.crash->cpu = 1;
	fake_u64(NODE + N_MASK, 2); /* it has answered */
	run_rcu(0);
	fake_u64(NODE + N_MASK, 1);
	facts.crash->kind = CRASH_SYSRQ; /* of which silent_cpu.c tells */
	run_rcu(0);
	there.task = NULL;
	finish();
}
END_TEST

UNIT_MAIN("rcu", readers_the_grace_period_waits_for, the_thread_that_gets_no_cpu,
	  grace_periods_that_go_on, lists_that_loop_and_lie, the_cpu_it_waits_for)
