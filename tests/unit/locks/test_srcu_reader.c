/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Callers of synchronize_srcu() that are inside a read section, and those that are not. */
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "kernel/tasks/percpu.h"
#include "locks/srcu_reader.h"

#define SRCU (FAKE_BASE + 0xd000)
#define CODE (FAKE_BASE + 0xe000)
#define OUTER (FAKE_BASE + 0xe200)
#define READ_LOCK (FAKE_BASE + 0xe400)
#define READ_UNLOCK (FAKE_BASE + 0xe500)
#define SYNCHRONIZE (FAKE_BASE + 0xe600)
#define STACK (FAKE_BASE + 0x4000)
#define OFFSETS (FAKE_BASE + 0x100)
#define COUNT (FAKE_BASE + 0x80)
#define AREA (FAKE_BASE + 0x1000)

static struct call calls[3];
static struct sleeper sleeper;

static void put_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	(void)i;
	b_record(b, B_STRUCT, "srcu_struct", 16, 1, "sda", l, 64);
	b_record(b, B_STRUCT, "srcu_data", 16, 1, "ssp", l, 64);
}

/* outer() calls inner() with its second call, which waits with its third. */
static void set_up(void)
{
	fake_open(put_types);
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("inner", CODE);
	fake_symbol("outer", OUTER);
	fake_symbol("__srcu_read_lock", READ_LOCK);
	fake_symbol("__srcu_read_unlock", READ_UNLOCK);
	fake_symbol("synchronize_srcu", SYNCHRONIZE);
	calls[0] = (struct call){"__synchronize_srcu", SYNCHRONIZE + 8, 0, FRAME_CALL};
	calls[1] = (struct call){"inner", CODE + 3 * FAKE_CALL_LENGTH, 0, FRAME_CALL};
	calls[2] = (struct call){"outer", OUTER + 2 * FAKE_CALL_LENGTH, 0, FRAME_CALL};
	sleeper = (struct sleeper){.calls = calls, .call_count = 3};
	for (unsigned i = 0; i < 3; i++)
		fake_lock_call(CODE, i, SRCU, i < 2 ? CODE + 0x100 : SYNCHRONIZE);
	for (unsigned i = 0; i < 2; i++)
		fake_lock_call(OUTER, i, 0, CODE);
}

static bool is_own(void)
{
	uint64_t srcu = 0;
	bool own = srcu_reader_is_waiter(&kernel, &sleeper, &srcu);

	ck_assert(!own || srcu == SRCU);
	return own;
}

static void tear_down(void)
{
	disasm_close(kernel.disasm);
	fake_close();
}

START_TEST(a_reader_waits_for_itself)
{
	set_up();
	ck_assert(!is_own());
	fake_lock_call(CODE, 0, SRCU, READ_LOCK);
	ck_assert(is_own());
	fake_lock_call(CODE, 1, SRCU, READ_UNLOCK);
	ck_assert(!is_own());
	fake_lock_call(OUTER, 0, SRCU, READ_LOCK); /* a caller's section */
	ck_assert(is_own());
	calls[2].kind = FRAME_IRQ; /* of whom it interrupted */
	ck_assert(!is_own());
	tear_down();
}
END_TEST

START_TEST(another_srcu_is_no_reason)
{
	set_up();
	fake_lock_call(CODE, 0, SRCU + 64, READ_LOCK);
	ck_assert(!is_own());
	fake_lock_call(CODE, 0, SRCU, READ_LOCK);
	fake_put(CODE + 2 * FAKE_CALL_LENGTH, "\x48\x89\xdf\x90\x90\x90\x90\x90\x90\x90",
		 10); /* mov %rbx,%rdi */
	ck_assert(!is_own());
	tear_down();
}
END_TEST

/* An object's, whose address the code does not know: it is on the stack of the wait. */
START_TEST(the_stack_has_what_the_code_does_not_name)
{
	static const struct task task = {.stack = STACK, .stack_size = 0x1000};

	set_up();
	fake_symbol("__per_cpu_offset", OFFSETS);
	fake_symbol("nr_cpu_ids", COUNT);
	fake_u32(COUNT, 1);
	fake_u64(OFFSETS, AREA);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	for (unsigned i = 0; i < 3; i++) /* mov %rbx,%rdi */
		fake_put(CODE + i * FAKE_CALL_LENGTH, "\x48\x89\xdf\x90\x90\x90\x90\x90\x90\x90",
			 10);
	fake_lock_call(OUTER, 0, 0, READ_LOCK);
	fake_put(OUTER, "\x48\x89\xdf\x90\x90\x90\x90\x90\x90\x90", 10);
	sleeper.task = &task;
	sleeper.sp = STACK + 0xf00;
	fake_u64(STACK + 0xf08, 0x4141414141414141);
	fake_u64(STACK + 0xf10, SRCU);
	ck_assert(!is_own());
	fake_u64(SRCU + 8, 0x200);
	fake_u64(AREA + 0x200 + 8, SRCU);
	ck_assert(is_own());
	fake_u64(SRCU + 8, 0x4141414141414141);
	ck_assert(!is_own());
	percpu_close(kernel.percpu);
	kernel.percpu = NULL;
	tear_down();
}
END_TEST

START_TEST(stacks_that_end_early_say_nothing)
{
	set_up();
	fake_lock_call(CODE, 0, SRCU, READ_LOCK);
	sleeper.call_count = 1;
	ck_assert(!is_own());
	sleeper.call_count = 0;
	ck_assert(!is_own());
	sleeper.call_count = 2;
	ck_assert(is_own());
	calls[1].address = 0x1000;
	ck_assert(!is_own());
	tear_down();
}
END_TEST

UNIT_MAIN("srcu_reader", a_reader_waits_for_itself, another_srcu_is_no_reason,
	  the_stack_has_what_the_code_does_not_name, stacks_that_end_early_say_nothing)
