/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>

#define FAKE_OWN_OWNERS
#include "fake_owner.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "memory/crash_pointers.h"

#define STACK (FAKE_BASE + 0x4000)
#define STACK_SIZE 0x4000
#define OBJECT (FAKE_BASE + 0x10000)
#define CODE 0xffffffff81000000ull
#define PERCPU_BASE 0xffff888100000000ull
#define CHUNK 0xffffe8ffffc00000ull /* where the kernel maps what alloc_percpu() gives */

/* Who owns an address does not matter here, only which are asked for. */
void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address, .cpu = -1};
	if (address - OBJECT < 0x100) {
		ret->kind = OWNER_SLAB;
		ret->start = OBJECT;
	}
	if (address - CHUNK >= 0x1000)
		return;
	ret->kind = OWNER_VMALLOC;
	copy_string(ret->symbol, sizeof(ret->symbol), "pcpu_get_vm_areas+0x30");
}

const struct task *tasks_find(const struct tasks *tasks, uint64_t address)
{
	static const struct task one = {.pid = 7};

	(void)tasks;
	return address == OBJECT ? &one : NULL;
}

struct err *percpu_address(const struct percpu *percpu, uint64_t variable, unsigned cpu,
			   uint64_t *ret)
{
	(void)percpu;
	(void)cpu;
	*ret = variable + PERCPU_BASE;
	return NULL;
}

/* The first chunk's units: the static variables end at 0x10000. */
bool percpu_unit(struct kernel *of, uint64_t address, unsigned *cpu, uint64_t *unit)
{
	(void)of;
	*cpu = 0;
	*unit = PERCPU_BASE;
	return address - PERCPU_BASE < 0x20000;
}

static struct task task;

/* An oops of main_function(), called by caller_1() … caller_10(), 0x100 bytes of stack each. */
static void start(void)
{
	static char names[12][16];

	fake_open(NULL);
	fake_region(CODE, CODE + 0x100000, VA_IMAGE);
	fake_analysis_start();
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		snprintf(names[i], sizeof(names[i]), i ? "caller_%zu" : "main_function", i);
		fake_symbol(names[i], CODE + i * 0x1000);
		frames[i] = (struct frame){.address = CODE + i * 0x1000 + 4,
					   .sp = STACK + 0x1000 + i * 0x100,
					   .return_slot = i ? STACK + 0x1000 + i * 0x100 - 8 : 0,
					   .source = FOUND_ORC};
	}
	task = (struct task){.stack = STACK, .stack_size = STACK_SIZE};
	crash.cpu = 0;
	crash.task = &task;
	crash.exception = true;
	crash.trace.count = ARRAY_SIZE(frames);
}

static void stop(void)
{
	locks_deinit(&analysis.locks);
	fake_analysis_end();
	fake_close();
}

/* "where=value, …", values as offsets from FAKE_BASE where they are. */
static void shows(const char *expected)
{
	_str_ struct str out = {0};

	crash_pointers_find(&analysis);
	for (size_t i = 0; i < analysis.memory.pointer_count; i++) {
		const struct crash_pointer *pointer = &analysis.memory.pointers[i];
		bool near = pointer->value - FAKE_BASE < sizeof(fake.bytes);

		str_printf(&out, "%s%s=%s%" PRIx64, i ? ", " : "", pointer->where, near ? "+" : "",
			   near ? pointer->value - (uint64_t)FAKE_BASE : pointer->value);
	}
	ck_assert_str_eq(out.data ? out.data : "", expected);
}

START_TEST(registers_that_point_into_the_kernel_are_shown)
{
	start();
	crash.fault = true;
	crash.address = 0x2a0;
	regs_set(&crash.regs, REG_RAX, OBJECT);
	regs_set(&crash.regs, REG_RBX, OBJECT);		    /* each register is shown */
	regs_set(&crash.regs, REG_RCX, -22ull);		    /* an error */
	regs_set(&crash.regs, REG_RDX, 0x7f0000000000);	    /* a user's */
	regs_set(&crash.regs, REG_RSI, 0x6b6b6b6b6b6b6b6b); /* nobody's */
	regs_set(&crash.regs, REG_RSP, STACK + 0x1000);
	crash.regs.value[REG_R8] = OBJECT + 8; /* not known */
	shows("fault address=2a0, rax=+10000, rbx=+10000, rsp=+5000");
	stop();
}
END_TEST

START_TEST(a_task_struct_says_whose_it_is)
{
	start();
	kernel.tasks = (struct tasks *)&fake; /* never looked into */
	regs_set(&crash.regs, REG_RAX, OBJECT + 0x40);
	regs_set(&crash.regs, REG_RBX, OBJECT + 0x100);
	shows("rax=+10040, rbx=+10100");
	const json_t *owner = json_object_get(findings.list[1].evidence, "owner");
	ck_assert_ptr_null(json_object_get(owner, "task"));
	owner = json_object_get(findings.list[0].evidence, "owner");
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(owner, "task"), "pid")),
			 7);
	stop();
}
END_TEST

/* An offset into the per-CPU areas looks like a user's address, or a small number like one. */
START_TEST(percpu_pointers_are_told_from_user_addresses)
{
	start();
	kernel.percpu = (struct percpu *)&fake; /* never looked into */
	regs_set(&crash.regs, REG_RDI, CHUNK - PERCPU_BASE + 0xe0);
	regs_set(&crash.regs, REG_RSI, CHUNK - PERCPU_BASE + 0x1000); /* nothing mapped */
	regs_set(&crash.regs, REG_RDX, 0x19168);
	shows("rdi=607effc000e0");
	const json_t *owner = json_object_get(findings.list[0].evidence, "owner");
	ck_assert_int_eq(json_integer_value(json_object_get(owner, "kind")), OWNER_PERCPU);
	ck_assert_str_eq(json_string_value(json_object_get(owner, "text")),
			 "per-CPU pointer, to 0xffffe8ffffc000e0 on CPU 0");
	stop();
	start();
	kernel.percpu = (struct percpu *)&fake;
	crash.cpu = -1;
	regs_set(&crash.regs, REG_RDI, CHUNK - PERCPU_BASE + 0xe0);
	shows("");
	stop();
}
END_TEST

static void fault_through(uint64_t pointer, uint64_t error_code)
{
	start();
	kernel.percpu = (struct percpu *)&fake;
	crash.fault = crash.pointer_known = true;
	crash.pointer = pointer;
	crash.address = pointer + 8;
	crash.error_code = error_code;
	crash.fault_class = "user";
}

/* What could not be followed is one of the first chunk too, but not a member of what NULL leads to. */
START_TEST(a_percpu_pointer_is_no_address)
{
	fault_through(0x19168, 0);
	shows("fault address=19170, faulting pointer=19168");
	stop();
	fault_through(0x19168, UINT64_MAX);
	shows("fault address=19170, faulting pointer=19168");
	stop();
	fault_through(0x19168, 1); /* a page that is there */
	shows("fault address=19170");
	stop();
	fault_through(0x9168, 0);
	shows("fault address=9170");
	stop();
	fault_through(0x19168, 0);
	crash.fault_class = "list_poison";
	shows("fault address=19170");
	stop();
	fault_through(0x7f0000019168, 0);
	shows("fault address=7f0000019170");
	stop();
}
END_TEST

/*
 * Pointers to data are shown once: no return addresses, none into the stack, none a register shows.
 */
START_TEST(the_stack_gives_pointers_to_data)
{
	start();
	regs_set(&crash.regs, REG_RAX, OBJECT);
	fake_u64(STACK + 0x1000, OBJECT); /* in a register */
	fake_u64(STACK + 0x1008, STACK + 0x2000);
	fake_u64(STACK + 0x1010, CODE + 0x10);
	fake_u64(STACK + 0x1018, OBJECT + 0x40);
	fake_u64(STACK + 0x1020, OBJECT + 0x40);
	fake_u64(STACK + 0x1028, -1ull);
	fake_u64(STACK + 0x1110, OBJECT + 0x80);
	shows("rax=+10000, stack of main_function() +0x18=+10040, "
	      "stack of caller_1() +0x10=+10080");
	stop();
}
END_TEST

/* A stack full of pointers, and frames without end: few of each are shown. */
START_TEST(a_crowded_stack_stays_bounded)
{
	start();
	for (uint64_t at = 0; at < STACK_SIZE - 0x1000; at += 8)
		fake_u64(STACK + 0x1000 + at, OBJECT + at);
	frames[1].return_slot = STACK + STACK_SIZE;
	crash_pointers_find(&analysis);
	ck_assert_uint_eq(findings.count, 4 * 4);
	stop();

	start(); /* a frame claims the whole stack: only its first words are read */
	frames[1].return_slot = UINT64_MAX;
	fake_u64(STACK + 0x1000 + 63 * 8, OBJECT);
	fake_u64(STACK + 0x1000 + 64 * 8, OBJECT + 8);
	crash.trace.count = 2;
	shows("stack of main_function() +0x1f8=+10000");
	stop();
}
END_TEST

/* Where frames begin is not known, or cannot be right: no function is blamed for a value. */
START_TEST(frames_that_are_not_sure_are_passed_over)
{
	start();
	fake_u64(STACK + 0x1018, OBJECT);
	frames[1].source = FOUND_SCAN;
	shows("");
	stop();

	start();
	fake_u64(STACK + 0x1018, OBJECT);
	frames[0].sp += 3;
	shows("");
	stop();

	start();
	fake_u64(STACK + 0x1018, OBJECT);
	frames[1].return_slot = STACK; /* below */
	shows("");
	stop();

	start();
	fake.excluded = STACK + 0x1010;
	fake_u64(STACK + 0x1018, OBJECT);
	shows("");
	stop();

	start();
	crash.frame = ARRAY_SIZE(frames) - 1; /* the last has no caller to end it */
	shows("");
	stop();
}
END_TEST

static void lock(const char *name, uint64_t address)
{
	struct lock *one = lock_new(LOCK_MUTEX, address);

	copy_string(one->place.name, sizeof(one->place.name), name);
	assert_ok(locks_add(&analysis.locks, one));
}

START_TEST(a_hang_shows_its_locks)
{
	start();
	crash.exception = false;
	crash.kind = CRASH_HUNG_TASK;
	regs_set(&frames[0].regs, REG_RAX, OBJECT); /* khungtaskd's own */
	fake_u64(STACK + 0x1018, OBJECT);
	lock("rtnl_mutex", OBJECT + 0x100);
	lock("completion", 0);
	lock("", OBJECT + 0x200);
	shows("lock rtnl_mutex=+10100, lock =+10200");
	stop();

	start(); /* a lockup interrupts somebody whose registers matter */
	crash.exception = false;
	crash.kind = CRASH_SOFT_LOCKUP;
	crash.frame = 1;
	regs_set(&frames[1].regs, REG_RDI, OBJECT + 0x300);
	lock("a", OBJECT + 0x300);
	shows("rdi=+10300, lock a=+10300");
	stop();

	start(); /* an oops is about something else */
	lock("rtnl_mutex", OBJECT + 0x100);
	shows("");
	stop();

	start();
	crash.exception = false;
	crash.trace.count = 0;
	for (unsigned i = 0; i < 1000; i++)
		lock("many", OBJECT + 8 * i);
	crash_pointers_find(&analysis);
	ck_assert_uint_eq(findings.count, 16);
	stop();
}
END_TEST

UNIT_MAIN("crash_pointers", registers_that_point_into_the_kernel_are_shown,
	  a_task_struct_says_whose_it_is, percpu_pointers_are_told_from_user_addresses,
	  a_percpu_pointer_is_no_address, the_stack_gives_pointers_to_data,
	  a_crowded_stack_stays_bounded, frames_that_are_not_sure_are_passed_over,
	  a_hang_shows_its_locks)
