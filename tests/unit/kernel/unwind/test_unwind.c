/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unwinding by tables: every encoding, exceptions, interrupts, and what cannot be followed. */
#include "kernel/unwind/fake_stack.h"

/* --- ORC -------------------------------------------------------------------------------------- */

static void put_switched(uint64_t switched)
{
	uint64_t sp = switched + 56;

	fake_u64(switched + 40, 0x1111);	  /* rbp */
	fake_u64(switched + 48, AT(INNER, 0x20)); /* ret_addr */
	fake_u64(sp + 0x10, STACK + 0x3f00);	  /* INNER saved its caller's rbp there */
	fake_u64(sp + 0x18, AT(OUTER, 0x30));
	fake_u64(STACK + 0x3f00, 0x2222); /* OUTER: a frame pointer */
	fake_u64(STACK + 0x3f08, AT(FORK, 0x22));
}

static void check_sleeper(enum encoding which)
{
	uint64_t sp = SWITCHED + 56;
	struct trace trace;

	encoding = which;
	open_orc();
	fake_u64(TASK + T_SP, SWITCHED);
	put_switched(SWITCHED);
	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert_uint_eq(trace.count, 3);
	ck_assert(trace.complete);
	check_frame(&trace, 0, AT(INNER, 0x20), sp, FRAME_CALL, FOUND_REGISTERS);
	check_frame(&trace, 1, AT(OUTER, 0x30), sp + 0x20, FRAME_CALL, FOUND_ORC);
	check_frame(&trace, 2, AT(FORK, 0x22), STACK + 0x3f10, FRAME_CALL, FOUND_ORC);
	ck_assert_uint_eq(trace.frames[1].return_slot, sp + 0x18);
	ck_assert_uint_eq(trace.frames[1].regs.value[REG_RBP], STACK + 0x3f00);
	ck_assert_uint_eq(trace.frames[2].regs.value[REG_RBP], 0x2222);
	ck_assert(!regs_known(&trace.frames[1].regs, REG_RBX));
	ck_assert_uint_eq(frame_lookup_address(&trace.frames[0]), AT(INNER, 0x1f));
	trace_deinit(&trace);
	close_all();
}

static void check_search(enum err_code code, size_t frames)
{
	struct trace trace;

	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert_uint_eq(trace.count, frames);
	ck_assert_int_eq(trace.stopped ? trace.stopped->code : 0, code);
	if (frames)
		check_frame(&trace, 0, AT(INNER, 0x20), SWITCHED + 56, FRAME_CALL, FOUND_RESUMED);
	trace_deinit(&trace);
}

/* The page with thread.sp is not in the dump, the stack is. */
START_TEST(a_lost_stack_pointer_is_searched_for)
{
	open_orc();
	fake_symbol("__schedule", AT(INNER, 0));
	fake_symbol("__switch_to_asm", AT(FORK, 0));
	put_switched(SWITCHED);
	fake.excluded = TASK + T_SP;
	check_search(ERR_EXCLUDED, 0); /* nothing says where the scheduler switches */
	put_call(AT(INNER, 0x20), AT(FORK, 0));
	check_search(0, 3);
	/* An old frame whose callers are overwritten leads nowhere. */
	fake_u64(STACK + 0x2030, AT(INNER, 0x20));
	check_search(0, 3);
	/* Two that lead to an end are no answer. */
	put_switched(STACK + 0x2800);
	check_search(ERR_EXCLUDED, 0);
	close_all();
}
END_TEST

/* A new task's stack holds nothing but the start of ret_from_fork. */
START_TEST(newborn_tasks_end_where_they_start)
{
	struct trace trace;

	open_orc();
	fake_u64(TASK + T_SP, SWITCHED);
	fake_u64(SWITCHED + 48, AT(FORK, 0)); /* one byte before is the function before */
	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 1);
	ck_assert(trace.frames[0].exact);
	trace_deinit(&trace);
	close_all();
}
END_TEST

START_TEST(sleepers_in_each_encoding)
{
	for (enum encoding i = V1; i < ENCODINGS; i++)
		check_sleeper(i);
	encoding = V3;
}
END_TEST

/*
 * The missed exception frame of an el8 crash: #SS in an allocator whose RBP, a free pointer
 * overwritten by a device, is nowhere. The pt_regs lies right at the entry code's stack pointer.
 */
START_TEST(exception_frames_are_met)
{
	uint64_t regs = STACK + 0x3c48, rsp = STACK + 0x3cf8;
	struct regs first = start(AT(INNER, 0x10), regs - 0x20, 0);
	struct trace trace;

	open_orc();
	fake_u64(regs - 8, AT(ENTRY, 0x2e)); /* INNER is the handler, called by the entry code */
	put_regs(regs, AT(MIDDLE, 0xab), 0x10, rsp, 0x0072006900560318);
	fake_u64(rsp, AT(OUTER, 0x53)); /* stale */
	fake_u64(rsp + 0x38, AT(SYSCALL, 0x53));
	fake_u64(rsp + 0x40 + 0x18, AT(FORK, 5));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 5);
	check_frame(&trace, 1, AT(ENTRY, 0x2e), regs, FRAME_ENTRY, FOUND_ORC);
	check_frame(&trace, 2, AT(MIDDLE, 0xab), rsp, FRAME_EXCEPTION, FOUND_ORC);
	check_frame(&trace, 3, AT(SYSCALL, 0x53), rsp + 0x40, FRAME_CALL, FOUND_ORC);
	ck_assert_uint_eq(trace.frames[2].pt_regs, regs);
	ck_assert(trace.frames[2].exact);
	ck_assert_uint_eq(trace.frames[2].regs.value[REG_RBP], 0x0072006900560318);
	ck_assert_uint_eq(trace.frames[2].regs.value[REG_RFLAGS], 0x10206);
	ck_assert_uint_eq(trace.frames[2].regs.value[REG_SS], 0x18);
	trace_deinit(&trace);
	close_all();
}
END_TEST

START_TEST(user_mode_ends_a_trace)
{
	struct regs first = start(AT(ENTRY, 8), STACK + 0x3f58, 0);
	struct trace trace;

	open_orc();
	put_regs(STACK + 0x3f58, 0x47b7a0, 0x33, 0x7ffd228aa0e8, 0);
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 2);
	check_frame(&trace, 1, 0x47b7a0, 0x7ffd228aa0e8, FRAME_USER, FOUND_ORC);
	trace_deinit(&trace);

	regs_set(&first, REG_CS, 0x33);
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 1);
	trace_deinit(&trace);
	close_all();
}
END_TEST

/* From the interrupt stack to the task's, where the CPU's five words are all there is. */
START_TEST(interrupt_stacks_are_crossed)
{
	uint64_t top = IRQ_STACK + 0x3f00, rsp = STACK + 0x3e00;
	struct regs first = start(AT(FAULT_ENTRY, 4), top, 0x4444);
	struct trace trace;
	struct stack stack;

	open_orc();
	ck_assert(stacks_find(&kernel, FAKE_BASE + 0x3fff, &stack));
	ck_assert_int_eq(stack.kind, STACK_ENTRY);
	ck_assert_uint_eq(stack.low, FAKE_BASE + 0x3000);
	ck_assert(stacks_find(&kernel, IRQ_STACK, &stack));
	ck_assert_int_eq(stack.kind, STACK_IRQ);
	ck_assert(!stacks_find(&kernel, IRQ_STACK - 1, &stack));
	ck_assert(!stacks_find(&kernel, IRQ_STACK + 0x4000, &stack));
	put_regs(top - 16 * 8, AT(MIDDLE, 9), 0x10, rsp, 0);
	fake_u64(rsp + 0x38, AT(FORK, 5));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 3);
	check_frame(&trace, 1, AT(MIDDLE, 9), rsp, FRAME_EXCEPTION, FOUND_ORC);
	ck_assert_uint_eq(trace.frames[1].pt_regs, top - 16 * 8);
	ck_assert_uint_eq(trace.frames[1].regs.value[REG_RBP], 0x4444);
	trace_deinit(&trace);
	close_all();
}
END_TEST

/* The guard page was hit: #DF on a stack of its own, with RSP below the task's. */
START_TEST(overflown_stacks_are_seen_from_the_double_fault)
{
	uint64_t ist = FAKE_BASE + 0x30000, regs = ist + 0x1f58, rsp = STACK - 0x10;
	struct regs first = start(AT(ENTRY, 4), regs, 0);
	struct trace trace;
	struct stack stack;

	exception_stacks = true;
	open_base(true);
	fake_symbol("cea_exception_stacks", FAKE_BASE + 0x200);
	fake_u64(FAKE_BASE + 0x200, ist);
	open_rest(WAY_ORC);
	ck_assert(stacks_find(&kernel, regs, &stack));
	ck_assert_int_eq(stack.kind, STACK_EXCEPTION);
	ck_assert_str_eq(stack.name, "DF");
	ck_assert(!stacks_find(&kernel, ist, &stack)); /* the guard */
	ck_assert(stacks_find(&kernel, ist + 0x3000, &stack));
	ck_assert_str_eq(stack.name, "NMI");
	put_regs(regs, AT(MIDDLE, 0x12), 0x10, rsp, 0);
	fake_u64(rsp + 0x38, AT(MIDDLE, 0x12));
	fake_u64(rsp + 0x78, AT(FORK, 5));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 4);
	check_frame(&trace, 1, AT(MIDDLE, 0x12), rsp, FRAME_EXCEPTION, FOUND_ORC);
	check_frame(&trace, 2, AT(MIDDLE, 0x12), rsp + 0x40, FRAME_CALL, FOUND_ORC);
	trace_deinit(&trace);
	exception_stacks = false;
	close_all();
}
END_TEST

/* --- what cannot be followed ------------------------------------------------------------------ */

START_TEST(stacks_that_go_backwards_end)
{
	struct regs first = start(AT(INNER, 1), STACK + 0x3000, 0);

	open_orc();
	put_orc(INNER, -0x100, 0, flags(CALL, SP, NONE));
	fake_u64(STACK + 0x3000 - 0x108, AT(INNER, 1));
	check_stops(&first, ERR_LOOP, 1);

	/* A pt_regs that interrupted itself, and two that interrupted each other on two stacks. */
	put_regs(STACK + 0x3000, AT(ENTRY, 1), 0x10, STACK + 0x3000, 0);
	first = start(AT(ENTRY, 1), STACK + 0x3000, 0);
	check_stops(&first, ERR_LOOP, 1);
	put_regs(STACK + 0x3000, AT(ENTRY, 1), 0x10, IRQ_STACK + 0x3000, 0);
	put_regs(IRQ_STACK + 0x3000, AT(ENTRY, 1), 0x10, STACK + 0x3000, 0);
	check_stops(&first, ERR_LOOP, 20);
	close_all();
}
END_TEST

START_TEST(wild_stack_pointers_end)
{
	struct regs first = start(AT(INNER, 1), 0xffffc90000000000, 0);

	open_orc();
	check_stops(&first, ERR_CORRUPT, 1);
	first = start(AT(OUTER, 1), STACK + 0x3000, 0xdead000000000100);
	check_stops(&first, ERR_CORRUPT, 1);
	first = start(AT(INNER, 1), STACK + 0x3ff8, 0);
	check_stops(&first, ERR_CORRUPT, 1);
	regs_forget(&first, REG_RSP);
	check_stops(&first, ERR_NOT_FOUND, 0);
	close_all();
}
END_TEST

START_TEST(a_saved_pointer_to_nowhere_is_said)
{
	struct trace trace;

	open_orc();
	fake_u64(TASK + T_SP, 0x10);
	assert_ok(unwind_task(&kernel, tasks_at(kernel.tasks, 0), &trace));
	ck_assert_uint_eq(trace.count, 0);
	ck_assert_int_eq(trace.stopped->code, ERR_CORRUPT);
	trace_deinit(&trace);
	close_all();
}
END_TEST

/* --- going on --------------------------------------------------------------------------------- */

START_TEST(calls_through_bad_pointers_return)
{
	static const uint64_t wild[] = {0, 0x1234, 0xdead000000000000, 0xffffc90000000000};
	struct trace trace;

	for (size_t i = 0; i < ARRAY_SIZE(wild); i++) {
		struct regs first = start(wild[i], STACK + 0x3000, 0);

		open_orc();
		fake_put(AT(MIDDLE, 0x20) - 2, "\xff\xd0", 2); /* call *%rax */
		fake_u64(STACK + 0x3000, AT(MIDDLE, 0x20));
		fake_u64(STACK + 0x3008 + 0x38, AT(FORK, 5));
		assert_ok(unwind_regs(&kernel, &first, &trace));
		ck_assert(trace.complete);
		ck_assert_uint_eq(trace.count, 3);
		check_frame(&trace, 1, AT(MIDDLE, 0x20), STACK + 0x3008, FRAME_CALL, FOUND_RESUMED);
		ck_assert(!trace.frames[1].exact);
		trace_deinit(&trace);
		close_all();
	}
}
END_TEST

/* panic() in code without unwind data: a stale return address lies before the real one. */
START_TEST(gaps_are_crossed_by_the_call)
{
	struct regs first = start(AT(GAP, 0x40), STACK + 0x3000, 0x5555);
	static const uint8_t prologue[] = {0x55, 0x53, 0x48,
					   0x83, 0xec, 0x60}; /* push, push, sub */
	struct trace trace;

	open_orc();
	fake_put(AT(GAP, 0), prologue, sizeof(prologue));
	put_call(AT(MIDDLE, 0x10), AT(INNER, 0));
	put_call(AT(FRAMED, 0x50), AT(GAP, 0));
	fake_u64(STACK + 0x3010, AT(MIDDLE, 0x10)); /* stale, and ends cleanly too */
	fake_u64(STACK + 0x3018 + 0x38, AT(FORK, 5));
	fake_u64(STACK + 0x3070 - 8, 0x7777); /* GAP saved rbp there */
	fake_u64(STACK + 0x3070, AT(FRAMED, 0x50));
	fake_u64(STACK + 0x3080, AT(FORK, 5));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 3);
	check_frame(&trace, 1, AT(FRAMED, 0x50), STACK + 0x3078, FRAME_CALL, FOUND_RESUMED);
	ck_assert_uint_eq(trace.frames[1].regs.value[REG_RBP], 0x7777);
	trace_deinit(&trace);

	/* The stale one, a call of another function, is no way on. */
	fake_u64(STACK + 0x3070, 0);
	check_stops(&first, ERR_NOT_FOUND, 1);

	/* A call through a pointer may be; all that follows is as weak. */
	fake_put(AT(MIDDLE, 0x10) - 5, "\x90\x90\x90\xff\xd0", 5);
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	check_frame(&trace, 1, AT(MIDDLE, 0x10), STACK + 0x3018, FRAME_CALL, FOUND_SCAN);
	check_frame(&trace, 2, AT(FORK, 5), STACK + 0x3018 + 0x40, FRAME_CALL, FOUND_SCAN);
	trace_deinit(&trace);
	close_all();
}
END_TEST

/* kretprobes put their trampoline into a return slot and note where. */
START_TEST(hooked_returns_are_looked_up)
{
	uint64_t slot = STACK + 0x3000 + 0x38, hook = FAKE_BASE + 0x600;
	struct regs first = start(AT(MIDDLE, 9), STACK + 0x3000, 0);
	struct trace trace;

	open_orc();
	fake_u64(slot, AT(TRAMPOLINE, 0));
	fake_u64(TASK + T_HOOKS, hook);
	fake_u64(hook, hook + 0x40); /* one of another slot first */
	fake_u64(hook + 0x40, 0);
	fake_u64(hook + 0x40 + 8, AT(SYSCALL, 5));
	fake_u64(hook + 0x40 + 16, slot);
	fake_u64(slot + 8 + 0x18, AT(FORK, 5));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 3);
	check_frame(&trace, 1, AT(SYSCALL, 5), slot + 8, FRAME_CALL, FOUND_ORC);
	ck_assert(trace.frames[1].hooked);
	ck_assert(!trace.frames[2].hooked);
	trace_deinit(&trace);

	/* A list that loops without naming the slot, and nothing to go on by. */
	fake_u64(hook + 0x40, hook);
	fake_u64(hook + 0x40 + 16, slot + 8);
	check_stops(&first, ERR_NOT_FOUND, 2);
	close_all();
}
END_TEST

#define GENERATED (FAKE_BASE + 0x38000)

/* Code of no module: a tracer's copy of ftrace_caller, then BPF's, which keeps a frame pointer. */
START_TEST(generated_code_is_stepped_through)
{
	uint64_t ops = FAKE_BASE + 0x700, sp = STACK + 0x3000, bpf = sp + 0x100;
	struct regs first = start(AT(MIDDLE, 9), sp, bpf);
	struct trace trace;

	open_orc();
	fake_modules = GENERATED;
	fake_modules_end = GENERATED + 0x2000;
	fake_symbol("ftrace_ops_list", FAKE_BASE + 0x6f0);
	fake_u64(FAKE_BASE + 0x6f0, ops);
	fake_u64(ops + 8, GENERATED);
	fake_u64(ops + 16, 0x100);
	fake_put(AT(TRACED, 0), "0123456789abcdef", 16);
	fake_put(GENERATED, "0123456789abcdef", 16);
	fake_u64(sp + 0x38, GENERATED + 0x20);
	fake_u64(sp + 0x40 + 0x40, GENERATED + 0x1234);
	fake_u64(bpf, 0x8888);
	fake_u64(bpf + 8, AT(SYSCALL, 7));
	fake_u64(bpf + 0x10 + 0x18, AT(FORK, 5));
	assert_ok(unwind_regs(&kernel, &first, &trace));
	ck_assert(trace.complete);
	ck_assert_uint_eq(trace.count, 5);
	check_frame(&trace, 1, GENERATED + 0x20, sp + 0x40, FRAME_CALL, FOUND_ORC);
	check_frame(&trace, 2, GENERATED + 0x1234, sp + 0x88, FRAME_CALL, FOUND_ORC);
	check_frame(&trace, 3, AT(SYSCALL, 7), bpf + 0x10, FRAME_CALL, FOUND_FP);
	ck_assert_uint_eq(trace.frames[3].regs.value[REG_RBP], 0x8888);
	trace_deinit(&trace);

	/* Tracers in a ring, none of which has the trampoline; the frame pointer is of no use. */
	fake_u64(ops, ops);
	fake_u64(sp + 0x38, GENERATED + 0x820);
	fake_u64(bpf + 8, 0);
	check_stops(&first, ERR_CORRUPT, 2);
	close_all();
}
END_TEST

UNIT_MAIN("unwind", sleepers_in_each_encoding, newborn_tasks_end_where_they_start,
	  a_lost_stack_pointer_is_searched_for, exception_frames_are_met, user_mode_ends_a_trace,
	  interrupt_stacks_are_crossed, overflown_stacks_are_seen_from_the_double_fault,
	  stacks_that_go_backwards_end, wild_stack_pointers_end, a_saved_pointer_to_nowhere_is_said,
	  calls_through_bad_pointers_return, gaps_are_crossed_by_the_call,
	  hooked_returns_are_looked_up, generated_code_is_stepped_through)
