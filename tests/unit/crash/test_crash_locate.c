/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU that died, and the exception on its stack, in made memory. */
#include <stdlib.h>

#include "crash/crash_locate.h"
#include "fake_kernel.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/tasks.h"
#include "kernel/unwind/unwind_task.h"

#define PANIC_CPU (FAKE_BASE + 0x100)
#define CRASHING_CPU (FAKE_BASE + 0x110)
#define STACK (FAKE_BASE + 0x8000)
#define FUNCTION(i) (FAKE_BASE + 0x20000 + 0x1000 * (uint64_t)(i))
#define CPUS 4u
#define FRAMES 4u

enum { READ, PAGE_FAULT, PANIC, SCHEDULE, NMI };

static struct task tasks[CPUS];
/* What the stack of each CPU's task holds. */
static struct {
	struct frame frames[FRAMES];
	size_t count;
	bool stale;
} stacks[CPUS];
static struct crash crash;

unsigned percpu_cpus(const struct percpu *percpu)
{
	(void)percpu;
	return CPUS;
}

const struct task *tasks_on_cpu(const struct tasks *all, unsigned cpu)
{
	(void)all;
	return &tasks[cpu];
}

const struct task *tasks_by_stack(const struct tasks *all, uint64_t sp)
{
	(void)all;
	return sp == STACK ? &tasks[3] : NULL;
}

struct err *unwind_task(struct kernel *of, const struct task *task, struct trace *ret)
{
	size_t cpu = (size_t)(task - tasks);

	(void)of;
	*ret = (struct trace){.stale = stacks[cpu].stale};
	for (size_t i = 0; i < stacks[cpu].count; i++) {
		struct frame *frame = trace_add(ret);

		if (!frame)
			return &err_nomem;
		*frame = stacks[cpu].frames[i];
	}
	return NULL;
}

static struct frame *add(unsigned cpu, unsigned function, enum frame_kind kind)
{
	struct frame *frame = &stacks[cpu].frames[stacks[cpu].count++];

	*frame = (struct frame){
		.address = FUNCTION(function) + 0x10, .kind = kind, .source = FOUND_ORC};
	regs_set(&frame->regs, REG_RIP, frame->address);
	return frame;
}

static void start(uint32_t panic_cpu, uint32_t crashing_cpu)
{
	fake_open(NULL);
	memset(stacks, 0, sizeof(stacks));
	memset(tasks, 0, sizeof(tasks));
	kernel.tasks = (struct tasks *)&fake; /* these three are never looked into */
	kernel.percpu = (struct percpu *)&fake;
	kernel.unwinder = (struct unwinder *)&fake;
	fake_symbol("panic_cpu", PANIC_CPU);
	fake_symbol("crashing_cpu", CRASHING_CPU);
	fake_symbol("vfs_read", FUNCTION(READ));
	fake_symbol("asm_exc_page_fault", FUNCTION(PAGE_FAULT));
	fake_symbol("panic", FUNCTION(PANIC));
	fake_symbol("__schedule", FUNCTION(SCHEDULE));
	fake_symbol("asm_exc_nmi", FUNCTION(NMI));
	fake_u32(PANIC_CPU, panic_cpu);
	fake_u32(CRASHING_CPU, crashing_cpu);
}

static void locate(void)
{
	crash = (struct crash){.kernel = &kernel, .cpu = -1, .pid = -1};
	assert_ok(crash_locate(&crash));
}

static void stop(void)
{
	trace_deinit(&crash.trace);
	fake_close();
}

static int cpu(void)
{
	locate();
	int found = crash.cpu;
	stop();
	return found;
}

START_TEST(who_panics_first)
{
	start(2, 1);
	ck_assert_int_eq(cpu(), 2);
	start(UINT32_MAX, 1); /* nobody did: the other variable */
	ck_assert_int_eq(cpu(), 1);
	start(CPUS, 1); /* no such CPU */
	ck_assert_int_eq(cpu(), 1);
}
END_TEST

/* Until v4.5 the variable was 0 at first. */
START_TEST(the_first_cpu_is_believed_last)
{
	start(UINT32_MAX, 0);
	add(3, PANIC, FRAME_CALL);
	ck_assert_int_eq(cpu(), 3);
	start(UINT32_MAX, 0);
	add(3, READ, FRAME_CALL); /* nobody's stack tells */
	ck_assert_int_eq(cpu(), 0);
	start(UINT32_MAX, UINT32_MAX);
	ck_assert_int_eq(cpu(), -1);
}
END_TEST

START_TEST(an_exception_on_the_way)
{
	start(1, 1);
	add(1, PANIC, FRAME_CALL);
	add(1, PAGE_FAULT, FRAME_ENTRY);
	regs_set(&add(1, READ, FRAME_EXCEPTION)->regs, REG_ORIG_RAX, 2);
	locate();
	ck_assert(crash.exception);
	ck_assert_uint_eq(crash.frame, 2);
	ck_assert_str_eq(crash.entry, "asm_exc_page_fault");
	ck_assert_uint_eq(crash.error_code, 2);
	stop();
}
END_TEST

/* What an interrupt came upon has nothing to do with it; and an NMI is no exception of the code it meets. */
START_TEST(an_interrupt_ends_the_search)
{
	start(1, 1);
	add(1, PANIC, FRAME_CALL);
	add(1, READ, FRAME_IRQ);
	add(1, PAGE_FAULT, FRAME_ENTRY);
	add(1, READ, FRAME_EXCEPTION);
	locate();
	ck_assert(!crash.exception);
	stop();
	start(1, 1);
	add(1, PANIC, FRAME_CALL);
	add(1, NMI, FRAME_ENTRY);
	add(1, READ, FRAME_EXCEPTION);
	locate();
	ck_assert(!crash.exception);
	stop();
}
END_TEST

/* pt_regs end at this address, with the return address into the entry code below. */
static void put_exception(uint64_t top, uint64_t rip, uint64_t sp, uint64_t entry)
{
	enum { WORDS = 21, AT_IP = 16, AT_SP = 19 };

	fake_u64(top - 8 * WORDS + 8 * AT_IP, rip);
	fake_u64(top - 8 * WORDS + 8 * AT_SP, sp);
	fake_u64(top - 8 * WORDS - 8, entry);
}

static void start_with_saved_registers(void)
{
	start(1, 1);
	struct frame *first = add(1, READ, FRAME_CALL);

	first->source = FOUND_REGISTERS;
	regs_set(&first->regs, REG_RSP, STACK);
}

START_TEST(registers_saved_at_the_fault)
{
	start_with_saved_registers();
	put_exception(STACK - 16, FUNCTION(READ) + 0x10, STACK, FUNCTION(PAGE_FAULT) + 0x22);
	locate();
	ck_assert(crash.exception);
	ck_assert_uint_eq(crash.frame, 0);
	ck_assert_str_eq(crash.entry, "asm_exc_page_fault");
	stop();
	/* those of another place, and too far below: only the registers themselves are left */
	start_with_saved_registers();
	put_exception(STACK - 16, FUNCTION(READ) + 0x11, STACK, FUNCTION(PAGE_FAULT) + 0x22);
	put_exception(STACK - 8 * 40, FUNCTION(READ) + 0x10, STACK, FUNCTION(PAGE_FAULT) + 0x22);
	locate();
	ck_assert(crash.exception);
	ck_assert_str_eq(crash.entry, "");
	stop();
}
END_TEST

/* panic() saves them inside of what saves them: no fault. */
START_TEST(registers_saved_by_panic)
{
	start_with_saved_registers();
	add(1, PANIC, FRAME_CALL);
	locate();
	ck_assert(!crash.exception);
	stop();
}
END_TEST

START_TEST(a_stack_of_before)
{
	start(1, 1);
	add(1, PANIC, FRAME_CALL);
	stacks[1].stale = true;
	locate();
	ck_assert_uint_eq(crash.trace.count, 0);
	ck_assert_ptr_eq(crash.task, &tasks[1]);
	stop();
}
END_TEST

/* In the middle of a switch the CPU is still on the stack of who gives it up. */
START_TEST(a_switch)
{
	start(1, 1);
	regs_set(&add(1, SCHEDULE, FRAME_CALL)->regs, REG_RSP, STACK);
	locate();
	ck_assert_ptr_eq(crash.task, &tasks[3]);
	stop();
	start(1, 1);
	regs_set(&add(1, SCHEDULE, FRAME_CALL)->regs, REG_RSP, STACK + 0x40000); /* nobody's */
	locate();
	ck_assert_ptr_eq(crash.task, &tasks[1]);
	stop();
}
END_TEST

UNIT_MAIN("crash_locate", who_panics_first, the_first_cpu_is_believed_last, an_exception_on_the_way,
	  an_interrupt_ends_the_search, registers_saved_at_the_fault, registers_saved_by_panic,
	  a_stack_of_before, a_switch)
