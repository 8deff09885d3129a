/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is waited for: call queues, stoppers and RCU's masks, sound and broken. */
#include "cpus/cpu_wait.h"
#include "fake_kernel.h"
#include "kernel/tasks/percpu.h"
#include "kernel/unwind/trace.h"

#define OFFSETS (FAKE_BASE + 0x100)
#define COUNT (FAKE_BASE + 0x80)
#define AREA(cpu) (FAKE_BASE + 0x1000 + 0x1000 * (uint64_t)(cpu))
#define NODE (FAKE_BASE + 0x8000)
#define TASK (FAKE_BASE + 0x9000)
#define CODE 0xffffffff81234560ull

/* Per-CPU variables, as symbols have them. */
enum { QUEUE = 0x40, SINGLE = 0x80, MANY = 0x100, STOPPER = 0x140, RCU = 0x180, CALLS = 0x200 };

static const struct task running = {.address = TASK};
static struct cpu_state cpus[2];

static void put_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t llist = b_record(b, B_STRUCT, "llist_node", 8, 1, "next", l, 0);
	uint32_t list = b_record(b, B_STRUCT, "list_head", 16, 2, "next", l, 0, "prev", l, 64);

	(void)i;
	b_record(b, B_STRUCT, "__call_single_data", 32, 2, "llist", llist, 0, "func", l, 128);
	b_record(b, B_STRUCT, "call_function_data", 16, 1, "csd", l, 0);
	b_record(b, B_STRUCT, "cpu_stopper", 32, 2, "thread", l, 0, "works", list, 64);
	b_record(b, B_STRUCT, "rcu_data", 24, 2, "mynode", l, 64, "grpmask", l, 128);
	b_record(b, B_STRUCT, "rcu_node", 16, 1, "qsmask", l, 64);
}

static void set_up(void)
{
	fake_open(put_types);
	fake_symbol("__per_cpu_offset", OFFSETS);
	fake_symbol("nr_cpu_ids", COUNT);
	fake_symbol("call_single_queue", QUEUE);
	fake_symbol("csd_data", SINGLE);
	fake_symbol("cfd_data", MANY);
	fake_symbol("cpu_stopper", STOPPER);
	fake_symbol("rcu_data", RCU);
	fake_u32(COUNT, 2);
	for (unsigned cpu = 0; cpu < 2; cpu++) {
		fake_u64(OFFSETS + 8 * cpu, AREA(cpu));
		fake_u64(AREA(cpu) + MANY, CALLS);
		fake_u64(AREA(cpu) + STOPPER + 8, AREA(cpu) + STOPPER + 8);
		fake_u64(AREA(cpu) + RCU + 8, NODE);
		fake_u64(AREA(cpu) + RCU + 16, 1u << cpu);
		cpus[cpu] = (struct cpu_state){.cpu = cpu, .task = &running};
	}
	assert_ok(percpu_open(&kernel, &kernel.percpu));
}

static void tear_down(void)
{
	percpu_close(kernel.percpu);
	kernel.percpu = NULL;
	fake_close();
}

/* A call in CPU 1's queue, that leads to the next. */
static void put_call(uint64_t call, uint64_t next)
{
	fake_u64(call, next);
	fake_u64(call + 16, CODE);
}

static bool pending(unsigned waiter)
{
	uint64_t function = 0;
	bool found = cpu_wait_call_pending(&kernel, &cpus[waiter], &cpus[1], &function);

	ck_assert_uint_eq(function, found ? CODE : 0);
	return found;
}

START_TEST(a_call_is_led_back_to_who_sent_it)
{
	set_up();
	ck_assert(!pending(0));
	/* What CPU 0 has for CPU 1 lies in CPU 1's area; behind another one's. */
	put_call(AREA(0) + 0x700, AREA(1) + CALLS);
	put_call(AREA(1) + CALLS, 0);
	fake_u64(AREA(1) + QUEUE, AREA(0) + 0x700);
	ck_assert(pending(0));
	put_call(AREA(0) + 0x700, AREA(0) + SINGLE);
	put_call(AREA(0) + SINGLE, 0);
	ck_assert(pending(0));
	ck_assert(!pending(1));
	tear_down();
}
END_TEST

START_TEST(broken_queues_have_an_end)
{
	set_up();
	put_call(AREA(0) + 0x700, AREA(0) + 0x740);
	put_call(AREA(0) + 0x740, AREA(0) + 0x700);
	fake_u64(AREA(1) + QUEUE, AREA(0) + 0x700);
	ck_assert(!pending(0));
	fake_u64(AREA(1) + QUEUE, 0x4141414141414141);
	ck_assert(!pending(0));
	fake_u64(AREA(0) + MANY, 0x4141414141414141);
	put_call(AREA(1) + CALLS, 0);
	fake_u64(AREA(1) + QUEUE, AREA(1) + CALLS);
	ck_assert(!pending(0));
	tear_down();
}
END_TEST

START_TEST(a_stopper_with_work_has_not_come)
{
	set_up();
	ck_assert(!cpu_wait_stop_pending(&kernel, &cpus[1]));
	fake_u64(AREA(1) + STOPPER + 8, AREA(0) + 0x700);
	ck_assert(cpu_wait_stop_pending(&kernel, &cpus[1]));
	fake_u64(AREA(1) + STOPPER, TASK); /* it runs */
	ck_assert(!cpu_wait_stop_pending(&kernel, &cpus[1]));
	fake_u64(AREA(1) + STOPPER, 0);
	fake_u64(AREA(1) + STOPPER + 8, 0); /* never set up */
	ck_assert(!cpu_wait_stop_pending(&kernel, &cpus[1]));
	tear_down();
}
END_TEST

START_TEST(rcu_waits_for_those_whose_bit_stands)
{
	set_up();
	fake_u64(NODE + 8, 2);
	ck_assert(!cpu_wait_rcu_pending(&kernel, &cpus[0]));
	ck_assert(cpu_wait_rcu_pending(&kernel, &cpus[1]));
	fake_u64(AREA(1) + RCU + 8, 0x4141414141414141);
	ck_assert(!cpu_wait_rcu_pending(&kernel, &cpus[1]));
	tear_down();
}
END_TEST

#define FLUSH (FAKE_BASE + 0xb000)
#define CALLED (FAKE_BASE + 0xb100)
#define WAITS (FAKE_BASE + 0xb200)
#define WAIT_STACK (FAKE_BASE + 0xc000)

/* CPU 1 is in what its queue's function has called; CPU 0 has the function on its stack. */
START_TEST(a_call_that_is_being_run_is_waited_for)
{
	struct frame waits[] = {{.address = WAITS + 8, .sp = WAIT_STACK},
				{.address = WAITS + 8, .sp = WAIT_STACK + 0x80}};
	struct frame runs[] = {{.address = CALLED + 8}, {.address = FLUSH + 8}};
	uint64_t function;

	set_up();
	fake_symbol("__flush_smp_call_function_queue", FLUSH);
	fake_symbol("lab_called", CALLED);
	fake_symbol("smp_call_function_single", WAITS);
	fake_symbol("end", WAITS + 0x100);
	cpus[0].trace = (struct trace){.frames = waits, .count = 2};
	cpus[1].trace = (struct trace){.frames = runs, .count = 2};
	ck_assert(!cpu_wait_call_running(&kernel, &cpus[0], &cpus[1], &function));
	fake_u64(WAIT_STACK + 0x40, CALLED);
	ck_assert(cpu_wait_call_running(&kernel, &cpus[0], &cpus[1], &function));
	ck_assert_uint_eq(function, CALLED);
	runs[1].kind =
		FRAME_IRQ; /* an interrupt came upon the queue's function: not called by it */
	ck_assert(!cpu_wait_call_running(&kernel, &cpus[0], &cpus[1], &function));
	runs[1] = (struct frame){.address = WAITS + 8};
	ck_assert(!cpu_wait_call_running(&kernel, &cpus[0], &cpus[1], &function));
	waits[1].sp = UINT64_MAX; /* a stack without an end */
	runs[1].address = FLUSH + 8;
	fake_u64(WAIT_STACK + 0x40, 0);
	ck_assert(!cpu_wait_call_running(&kernel, &cpus[0], &cpus[1], &function));
	tear_down();
}
END_TEST

UNIT_MAIN("cpu_wait", a_call_that_is_being_run_is_waited_for, a_call_is_led_back_to_who_sent_it,
	  broken_queues_have_an_end, a_stopper_with_work_has_not_come,
	  rcu_waits_for_those_whose_bit_stands)
