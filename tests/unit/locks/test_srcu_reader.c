/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Callers of synchronize_srcu() that are inside a read section, and those that are not. */
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "locks/srcu_reader.h"

#define SRCU (FAKE_BASE + 0xd000)
#define CODE (FAKE_BASE + 0xe000)
#define OUTER (FAKE_BASE + 0xe200)
#define READ_LOCK (FAKE_BASE + 0xe400)
#define READ_UNLOCK (FAKE_BASE + 0xe500)
#define SYNCHRONIZE (FAKE_BASE + 0xe600)

static struct call calls[3];
static struct sleeper sleeper;

/* outer() calls inner() with its second call, which waits with its third. */
static void set_up(void)
{
	fake_open(NULL);
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
	  stacks_that_end_early_say_nothing)
