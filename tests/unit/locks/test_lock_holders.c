/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may hold a lock that records nobody: frames, addresses on stacks, code; and who may not. */
#include "fake_locks.h"

#include "kernel/insn/disasm.h"
#include "kernel/tasks/tasks.h"
#include "locks/lock_holders.h"
#include "locks/lock_report.h"

static const struct {
	const char *function;
	enum lock_mode mode;
} frames[] = {
#define HOLDS(function, member, mode, why) {function, MODE_##mode},
#include "locks/lock_holders.def"
#undef HOLDS
};

#define MM (FAKE_BASE + 0xf000)
#define OTHER_MM (FAKE_BASE + 0xf800)
#define CODE (FAKE_BASE + 0xe000)
#define DOWN_READ (FAKE_BASE + 0xe400)
#define UP_READ (FAKE_BASE + 0xe500)

static struct call calls[TASKS][3];
static struct waiter waiters[] = {{.address = WAITER(1)}, {.address = WAITER(2)}};

static void no_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	(void)b;
	(void)i;
	(void)l;
}

/* Tasks 1 and 2 wait for the mmap_lock of tasks 1 to 4; 3 to 5 are asleep in D as well. */
static void set_up(void)
{
	put_tasks(no_types);
	for (int pid = 1; pid <= 5; pid++)
		fake_u64(TASK(pid) + T_MM, pid < 5 ? MM : OTHER_MM);
	assert_ok(disasm_open(&kernel.disasm));
	open_tasks();
	fake_mm = MM;
	memset(calls, 0, sizeof(calls));
	for (int pid = 1; pid <= 5; pid++) {
		struct sleeper *sleeper = put_asleep(pid, WAIT_RWSEM, MODE_READ);

		for (unsigned i = 0; i < 3; i++)
			calls[pid][i] =
				(struct call){"schedule", CODE - 8, STACK(pid) + 0x3c00 + 0x80 * i};
		sleeper->calls = calls[pid];
		sleeper->call_count = 3;
	}
	for (int i = 0; i < 2; i++)
		waiters[i] = (struct waiter){.address = WAITER(i + 1),
					     .task = tasks_by_pid(kernel.tasks, i + 1)};
}

static void tear_down(void)
{
	disasm_close(kernel.disasm);
	close_tasks();
}

static struct lock *infer(const struct task *hint)
{
	const struct waitlist list = {.lock = LOCK, .waiters = waiters, .count = 2};
	struct lock *lock;
	size_t count;

	assert_ok(lock_report_new(&kernel, LOCK_RWSEM, LOCK, &lock));
	assert_ok(lock_holders_infer(&kernel, &list, lock, hint, &count));
	ck_assert_uint_eq(count, lock->holder_count);
	return lock;
}

static void expect(const char *holders)
{
	_cleanup_(cleanup_lock_free) struct lock *lock = infer(NULL);

	ck_assert_str_eq(holders_of(lock), holders);
}

START_TEST(each_frame_of_the_table_makes_a_suspect)
{
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		set_up();
		calls[3][i % 3].function = frames[i].function;
		expect(frames[i].mode == MODE_READ ? "3r" : "3w");
		calls[3][i % 3].function = "schedule";
		calls[1][1].function = frames[i].function; /* who waits does not hold */
		calls[5][1].function = frames[i].function; /* nor who is in another mm */
		expect("");
		tear_down();
	}
}
END_TEST

/* mprotect() that faults on the way is a writer still. */
START_TEST(the_outermost_frame_took_the_lock)
{
	set_up();
	calls[3][0].function = "handle_mm_fault";
	calls[3][2].function = "do_mprotect_pkey";
	expect("3w");
	tear_down();
}
END_TEST

START_TEST(what_is_inferred_is_never_sure)
{
	set_up();
	calls[3][1].function = "handle_mm_fault";
	fake_u64(STACK(3) + 0x3d00, LOCK);
	_cleanup_(cleanup_lock_free) struct lock *one = infer(tasks_by_pid(kernel.tasks, 3));
	ck_assert_str_eq(holders_of(one), "3r");
	ck_assert_double_lt(one->holders[0].confidence, 1);
	ck_assert_double_gt(one->holders[0].confidence, 0.85);
	/* Two suspects: the second is half as likely as it would be alone. */
	calls[4][1].function = "do_user_addr_fault";
	_cleanup_(cleanup_lock_free) struct lock *two = infer(NULL);
	ck_assert_str_eq(holders_of(two), "3r 4r");
	ck_assert_double_lt(two->holders[1].confidence, 0.5);
	tear_down();
}
END_TEST

/* A page fault may have its VMA's lock alone; who writes has the whole mm's. */
START_TEST(vma_locks_make_readers_doubtful)
{
	static const char *const functions[] = {"handle_mm_fault", "do_mprotect_pkey"};

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		double confidence[2];

		for (unsigned locks = 0; locks < 2; locks++) {
			set_up();
			if (locks)
				fake_symbol("lock_vma_under_rcu", CODE);
			calls[3][1].function = functions[i];
			_cleanup_(cleanup_lock_free) struct lock *lock = infer(NULL);
			confidence[locks] = lock->holders[0].confidence;
			ck_assert_int_eq(strstr(lock->holders[0].why, "VMA") != NULL, locks && !i);
			tear_down();
		}
		ck_assert_int_eq(confidence[1] < confidence[0], !i);
	}
}
END_TEST

START_TEST(an_address_counts_on_the_stack_in_use)
{
	set_up();
	fake_u64(STACK(3) + 0x3be8, LOCK); /* below the stack pointer: what was there before */
	expect("");
	fake_u64(STACK(3) + 0x3ff8, LOCK); /* the last word */
	expect("3");
	fake_u64(STACK(3) + 0x3ff8, 0);
	fake_u64(STACK(4), LOCK); /* the next stack is another's */
	expect("");
	fake_u64(STACK(1) + 0x3d00, LOCK); /* every waiter has it */
	expect("");
	tear_down();
}
END_TEST

START_TEST(stack_pointers_that_cannot_be_are_not_followed)
{
	static const uint64_t pointers[] = {0,
					    STACK(3) - 8,
					    STACK(3) + 0x4000,
					    STACK(3) + 0x3ffc,
					    0x4141414141414141,
					    UINT64_MAX - 7};

	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		set_up();
		fake_u64(STACK(4), LOCK);
		fake_u64(STACK(3) - 8, LOCK);
		fake_sleepers_list[2].sp = pointers[i];
		fake_sleepers_list[2].call_count = 0;
		expect("");
		tear_down();
	}
}
END_TEST

/* Asleep by its own will, with an old address on its stack. */
START_TEST(a_task_that_is_not_stuck_is_no_suspect)
{
	set_up();
	fake_u64(STACK(3) + 0x3d00, LOCK);
	((struct task *)tasks_by_pid(kernel.tasks, 3))->state = 'S';
	expect("");
	((struct task *)tasks_by_pid(kernel.tasks, 3))->state = 'R';
	expect("3");
	tear_down();
}
END_TEST

START_TEST(code_that_took_the_lock_says_so)
{
	set_up();
	fake_symbol("driver_wait", CODE);
	fake_symbol("down_read", DOWN_READ);
	fake_symbol("up_read", UP_READ);
	fake_lock_call(CODE, 0, LOCK, DOWN_READ);
	fake_lock_call(CODE, 1, LOCK, UP_READ);
	calls[3][1] = (struct call){"driver_wait", CODE + FAKE_CALL_LENGTH, STACK(3) + 0x3c80};
	expect("3r");
	calls[3][1].address += FAKE_CALL_LENGTH; /* and gave it back */
	expect("");
	calls[3][1].address -= FAKE_CALL_LENGTH;
	fake_lock_call(CODE, 0, LOCK + 64, DOWN_READ); /* another lock */
	expect("");
	tear_down();
}
END_TEST

#define DOWN_WRITE (FAKE_BASE + 0xe600)

/* driver_update() asks for the lock with its second call; waiter 1 is in it. */
static void put_asking(enum lock_mode mode)
{
	set_up();
	fake_symbol("driver_update", CODE);
	fake_symbol("down_read", DOWN_READ);
	fake_symbol("up_read", UP_READ);
	fake_symbol("down_write", DOWN_WRITE);
	fake_lock_call(CODE, 0, LOCK, DOWN_READ);
	fake_lock_call(CODE, 1, LOCK, mode == MODE_WRITE ? DOWN_WRITE : DOWN_READ);
	calls[1][1] =
		(struct call){"driver_update", CODE + 2 * FAKE_CALL_LENGTH, STACK(1) + 0x3c80};
	fake_sleepers_list[0].caller = calls[1][1].address;
	waiters[0].mode = mode;
}

START_TEST(a_writer_that_has_it_for_read_waits_for_itself)
{
	put_asking(MODE_WRITE);
	expect("1r");
	fake_lock_call(CODE, 0, LOCK + 64, DOWN_READ);
	expect("");
	fake_lock_call(CODE, 0, LOCK, UP_READ);
	expect("");
	fake_lock_call(CODE, 0, LOCK, DOWN_READ);
	fake_sleepers_list[0].caller = 0x4141414141414141;
	expect("");
	tear_down();
}
END_TEST

/* No writer before it: whoever reads keeps it not out. */
START_TEST(a_first_reader_does_not_wait_for_a_reader)
{
	put_asking(MODE_READ);
	expect("");
	waiters[0].mode = MODE_UNKNOWN;
	expect("");
	tear_down();
}
END_TEST

UNIT_MAIN("holders", each_frame_of_the_table_makes_a_suspect, the_outermost_frame_took_the_lock,
	  what_is_inferred_is_never_sure, vma_locks_make_readers_doubtful,
	  an_address_counts_on_the_stack_in_use, stack_pointers_that_cannot_be_are_not_followed,
	  a_task_that_is_not_stuck_is_no_suspect, code_that_took_the_lock_says_so,
	  a_writer_that_has_it_for_read_waits_for_itself, a_first_reader_does_not_wait_for_a_reader)
