/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unwinding without tables, and from the registers that CPUs saved. */
#include "kernel/unwind/fake_stack.h"

/* --- without tables --------------------------------------------------------------------------- */

static void open_prologues(void)
{
	static const uint8_t prologue[] = {0x55, 0x48, 0x89, 0xe5, 0x90}; /* push; mov; nop */

	open_base(false);
	for (unsigned i = 0; i < FUNCTIONS; i++)
		if (i != FAULT_ENTRY && i != FORK)
			fake_put(AT(i, 0), prologue, sizeof(prologue));
}

static void open_fp(void)
{
	open_prologues();
	open_rest(WAY_FP);
}

START_TEST(frame_pointers_are_followed)
{
	uint64_t regs = STACK + 0x3810, rbp = STACK + 0x3800, inner = STACK + 0x3a00;
	struct regs first = start(AT(INNER, 0x20), STACK + 0x37c0, rbp);
	struct trace trace;

	open_fp();
	fake_u64(rbp, 0x6666); /* the interrupted code's own, no frame */
	fake_u64(rbp + 8, AT(FAULT_ENTRY, 0x20));
	put_regs(regs, AT(MIDDLE, 0x33), 0x10, STACK + 0x3900, inner);
	fake_u64(inner, 0);
	fake_u64(inner + 8, AT(FORK, 0x7c));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 4);
	check_frame(&trace, 1, AT(FAULT_ENTRY, 0x20), rbp + 0x10, FRAME_ENTRY, FOUND_FP);
	check_frame(&trace, 2, AT(MIDDLE, 0x33), STACK + 0x3900, FRAME_EXCEPTION, FOUND_FP);
	check_frame(&trace, 3, AT(FORK, 0x7c), inner + 0x10, FRAME_CALL, FOUND_FP);
	trace_deinit(&trace);
	/* A section for entry code, which this is not in: then it is none, but where no probe may be put. */
	fake_symbol("__entry_text_start", AT(MIDDLE, 0x100));
	fake_symbol("__entry_text_end", AT(MIDDLE, 0x180));
	check_stops(&first, ERR_CORRUPT, 2);
	fake_symbol("__kprobes_text_start", AT(FAULT_ENTRY, 0));
	fake_symbol("__kprobes_text_end", AT(FAULT_ENTRY, 0x180));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert_uint_eq(trace.count, 4);
	check_frame(&trace, 2, AT(MIDDLE, 0x33), STACK + 0x3900, FRAME_EXCEPTION, FOUND_FP);
	trace_deinit(&trace);
	close_all();
}
END_TEST

/* #DF on a stack of its own, with RSP below the task's: the frame pointer still leads to who ran over. */
START_TEST(overflown_stacks_are_seen_from_the_double_fault)
{
	uint64_t ist = FAKE_BASE + 0x30000, regs = ist + 0x1f58, rsp = STACK - 0x10,
		 rbp = STACK + 0x40;
	struct regs first = start(AT(FAULT_ENTRY, 0x20), regs, 0);
	struct trace trace;

	exception_stacks = true;
	open_prologues();
	fake_symbol("cea_exception_stacks", FAKE_BASE + 0x200);
	fake_u64(FAKE_BASE + 0x200, ist);
	open_rest(WAY_FP);
	put_regs(regs, AT(MIDDLE, 0x33), 0x10, rsp, rbp);
	fake_u64(rbp, 0);
	fake_u64(rbp + 8, AT(FORK, 0x7c));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 3);
	check_frame(&trace, 1, AT(MIDDLE, 0x33), rsp, FRAME_EXCEPTION, FOUND_FP);
	check_frame(&trace, 2, AT(FORK, 0x7c), rbp + 0x10, FRAME_CALL, FOUND_FP);
	trace_deinit(&trace);

	/* Such registers are no code's, or from no stack of an exception: nothing is made of them. */
	put_regs(regs, STACK, 0x10, rsp, rbp);
	check_stops(&first, ERR_CORRUPT, 1);
	put_regs(STACK + 0x3000, AT(MIDDLE, 0x33), 0x10, rsp, rbp);
	first = start(AT(FAULT_ENTRY, 0x20), STACK + 0x3000, 0);
	check_stops(&first, ERR_CORRUPT, 1);
	exception_stacks = false;
	close_all();
}
END_TEST

/* Interrupted between its first instructions, a function has no frame of its own yet. */
START_TEST(unfinished_frames_are_seen)
{
	struct regs first = start(AT(INNER, 1), STACK + 0x3000, STACK + 0x3100);
	struct trace trace;

	open_fp();
	fake_u64(STACK + 0x3000, STACK + 0x3100); /* pushed rbp */
	fake_u64(STACK + 0x3008, AT(MIDDLE, 0x44));
	fake_u64(STACK + 0x3100, 0);
	fake_u64(STACK + 0x3108, AT(FORK, 0x7c));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 3);
	check_frame(&trace, 1, AT(MIDDLE, 0x44), STACK + 0x3010, FRAME_CALL, FOUND_FP);
	trace_deinit(&trace);
	close_all();
}
END_TEST

START_TEST(looping_frame_pointers_end)
{
	struct regs first = start(AT(INNER, 0x20), STACK + 0x3000, STACK + 0x3100);

	open_fp();
	fake_u64(STACK + 0x3100, STACK + 0x3100); /* itself */
	fake_u64(STACK + 0x3108, AT(MIDDLE, 0x20));
	check_stops(&first, ERR_CORRUPT, 3);
	fake_u64(STACK + 0x3100, STACK + 0x3200);
	fake_u64(STACK + 0x3200, STACK + 0x3100); /* and back */
	fake_u64(STACK + 0x3208, AT(MIDDLE, 0x20));
	check_stops(&first, ERR_CORRUPT, 4);
	close_all();
}
END_TEST

/* Before v4.9 thread.sp points at RBP and the flags, and the scheduler goes on behind its call. */
START_TEST(inline_switches_are_known)
{
	uint64_t rbp = STACK + 0x3e80;
	struct trace trace;

	fake_inline_switch = true;
	open_fp();
	fake_symbol("__switch_to", AT(GAP, 0));
	put_call(AT(INNER, 0x35), AT(GAP, 0));
	fake_u64(TASK + T_SP, SWITCHED);
	fake_u64(SWITCHED, rbp);
	fake_u64(rbp, 0);
	fake_u64(rbp + 8, AT(FORK, 0x7c));
	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 2);
	check_frame(&trace, 0, AT(INNER, 0x35), SWITCHED + 16, FRAME_CALL, FOUND_REGISTERS);
	ck_assert(!trace.frames[0].exact);
	trace_deinit(&trace);

	fake_u64(AT(INNER, 0x35) - 8, 0); /* no such call */
	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert_uint_eq(trace.count, 0);
	ck_assert_int_eq(trace.stopped->code, ERR_NOT_FOUND);
	trace_deinit(&trace);
	fake_inline_switch = false;
	close_all();
}
END_TEST

START_TEST(a_scan_says_what_it_is)
{
	struct regs first = start(AT(INNER, 0x20), STACK + 0x3f00, 0);
	struct trace trace;

	open_base(false);
	open_rest(WAY_SCAN);
	put_call(AT(MIDDLE, 0x10), AT(INNER, 0));
	fake_u64(STACK + 0x3f18, AT(MIDDLE, 0x10));
	fake_u64(STACK + 0x3f20, AT(MIDDLE, 0x11)); /* follows no call */
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(!trace.complete);
	ck_assert_int_eq(trace.stopped->code, ERR_NOT_FOUND);
	ck_assert_uint_eq(trace.count, 2);
	check_frame(&trace, 1, AT(MIDDLE, 0x10), STACK + 0x3f20, FRAME_CALL, FOUND_SCAN);
	trace_deinit(&trace);
	close_all();
}
END_TEST

/* --- a CPU's registers ------------------------------------------------------------------------ */

START_TEST(running_tasks_have_their_cpus_registers)
{
	struct trace trace;

	open_base(true);
	fake_symbol("runqueues", FAKE_BASE + 0x400);
	fake_u64(FAKE_BASE + 0x400, TASK);
	open_rest(WAY_ORC);
	fake_u64(TASK + T_SP, SWITCHED);
	fake_u64(SWITCHED + 48, AT(FORK, 0x20));
	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert(!trace.complete); /* as it last slept: said, and not trusted */
	ck_assert_int_eq(trace.frames[0].source, FOUND_SCAN);
	trace_deinit(&trace);

	/* Two notes; the stack tells which is CPU 0's. */
	fake_notes.regs[0] = start(AT(MIDDLE, 2), 0xffffc90000000000, 0);
	fake_notes.regs[1] = start(AT(FORK, 2), STACK + 0x3000, 0);
	fake_notes.count = 2;
	kernel.dump = (struct dump *)&fake_notes; /* never looked into */
	assert_ok(cpu_regs_find_notes(&kernel, &kernel.cpu_notes));
	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert(trace.complete);
	check_frame(&trace, 0, AT(FORK, 2), STACK + 0x3000, FRAME_CALL, FOUND_REGISTERS);
	trace_deinit(&trace);
	close_all();
}
END_TEST

/* CPU 0 never saved its registers: the only note is CPU 1's. */
START_TEST(notes_go_by_who_saved_one)
{
	uint64_t area = FAKE_BASE + 0x34000;
	struct regs regs;

	open_base(true);
	fake_symbol("__per_cpu_offset", FAKE_BASE + 0x500);
	fake_symbol("nr_cpu_ids", FAKE_BASE + 0x4f0);
	fake_u64(FAKE_BASE + 0x4f0, 2);
	fake_u64(FAKE_BASE + 0x500, 0x10000);
	fake_u64(FAKE_BASE + 0x508, 0x10800);
	fake_symbol("crash_notes", FAKE_BASE + 0x510);
	fake_u64(FAKE_BASE + 0x510, area - 0x10000);
	fake_u32(area + 0x800, 5); /* "CORE": a note */
	open_rest(WAY_ORC);
	fake_notes.regs[0] = start(AT(MIDDLE, 2), 0xffffc90000000000, 0);
	fake_notes.count = 1;
	kernel.dump = (struct dump *)&fake_notes;
	assert_ok(cpu_regs_find_notes(&kernel, &kernel.cpu_notes));
	ck_assert(!cpu_regs_get(&kernel, 0, &regs));
	ck_assert(cpu_regs_get(&kernel, 1, &regs));
	ck_assert_uint_eq(regs.value[REG_RIP], AT(MIDDLE, 2));
	ck_assert(!cpu_regs_get(&kernel, 2, &regs));
	free(take_ptr(kernel.cpu_notes));

	/* Without any saved, the index is the number, as far as there are notes. */
	fake_u32(area + 0x800, 0);
	assert_ok(cpu_regs_find_notes(&kernel, &kernel.cpu_notes));
	ck_assert(cpu_regs_get(&kernel, 0, &regs));
	ck_assert(!cpu_regs_get(&kernel, 1, &regs));
	close_all();
}
END_TEST

UNIT_MAIN("unwind_tableless", frame_pointers_are_followed,
	  overflown_stacks_are_seen_from_the_double_fault, unfinished_frames_are_seen,
	  looping_frame_pointers_end, inline_switches_are_known, a_scan_says_what_it_is,
	  running_tasks_have_their_cpus_registers, notes_go_by_who_saved_one)
