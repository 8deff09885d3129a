/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/cpu_regs.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwind.h"
#include "kernel/unwind/unwind_state.h"
#include "kernel/unwind/unwind_task.h"
#include "kernel/unwind/unwinder.h"

#define TASK (FAKE_BASE + 0x1000)
#define SIGNAL (FAKE_BASE + 0x1800)
#define STACK (FAKE_BASE + 0x8000) /* 16 KiB */
#define IRQ_STACK (FAKE_BASE + 0x10000)
#define IP_TABLE (FAKE_BASE + 0x18000)
#define ORC_TABLE (FAKE_BASE + 0x19000)
#define TEXT (FAKE_BASE + 0x20000)

/* Functions of 256 bytes. */
enum function {
	INNER,
	MIDDLE,
	OUTER,
	FORK,
	ENTRY,
	GAP,
	FRAMED,
	FAULT_ENTRY,
	SYSCALL,
	TRAMPOLINE,
	TRACED,
	FUNCTIONS
};
static const char *const names[FUNCTIONS] = {
	"__schedule",
	"kmem_alloc",
	"xfs_inactive",
	"ret_from_fork",
	"stack_segment",
	"__crash_kexec",
	"panic",
	"page_fault",
	"entry_SYSCALL_64",
	"arch_rethook_trampoline",
	"ftrace_caller",
};
#define AT(function, offset) (TEXT + 0x100 * (uint64_t)(function) + (offset))

/* --- unwind tables in each encoding ----------------------------------------------------------- */

enum encoding { V1, V2, V3, V4, ENCODINGS };
enum entry { UNDEFINED, END, CALL, REGS, IRET };
enum base { NONE, SP, BP, PREV_SP, SP_INDIRECT };

static enum encoding encoding;

static uint16_t flags(enum entry type, enum base sp, enum base bp)
{
	static const uint16_t numbers[2][5] = {{0, 5, 4, 1, 9}, {0, 3, 4, 8, 9}};
	const uint16_t *reg = numbers[encoding == V4];
	uint16_t signal = type >= REGS, word = (uint16_t)(reg[sp] | reg[bp] << 4);

	if (encoding >= V3)
		return (uint16_t)(word | type << 8 | signal << 11);
	if (type <= END)
		return (uint16_t)(type == END ? 1 << (encoding == V1 ? 10 : 11) : 0);
	return (uint16_t)(word | (type - CALL) << 8 | (encoding == V2 ? signal << 10 : 0));
}

static void put_orc(enum function function, int16_t sp_offset, int16_t bp_offset, uint16_t word)
{
	uint64_t ip = IP_TABLE + 4 * (uint64_t)function, orc = ORC_TABLE + 6 * (uint64_t)function;

	fake_u32(ip, (uint32_t)(AT(function, 0) - ip));
	fake_put(orc, &sp_offset, 2);
	fake_put(orc + 2, &bp_offset, 2);
	fake_put(orc + 4, &word, 2);
}

static bool exception_stacks;

/* A TSS of sp0 alone, and the stack that lies below it. */
static void tss_types(struct btf_build *b, uint32_t l)
{
	static const char *const sp0[] = {"sp0"}, *const tss[] = {"x86_tss"};
	uint32_t c = b_int(b, "char", 1), page = b_array(b, c, 4096);

	fake_longs(b, "tss_struct", fake_longs(b, "x86_hw_tss", l, sp0, 1), tss, 1);
	b_record(b, B_STRUCT, "entry_stack", 4096, 1, "stack", page, 0);
}

static void more_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const hook[] = {"llist", "ret_addr", "frame"};
	static const char *const entry[] = {"ret", "retp"};
	static const char *const ops[] = {"next", "trampoline", "trampoline_size"};

	if (encoding == V2)
		b_record(b, B_STRUCT, "orc_entry", 6, 1, "signal", i, 0);
	fake_longs(b, "rethook_node", l, hook, 3);
	fake_longs(b, "ftrace_ret_stack", l, entry, 2);
	fake_longs(b, "ftrace_ops", l, ops, 3);
	tss_types(b, l);
	if (exception_stacks) {
		uint32_t c = b_int(b, "char", 1), page = b_array(b, c, 4096);

		b_record(b, B_STRUCT, "cea_exception_stacks", 16384, 4, "DF_stack_guard", page, 0,
			 "DF_stack", page, 32768, "NMI_stack_guard", page, 65536, "NMI_stack", page,
			 98304);
	}
}

static void put_tables(void)
{
	fake_symbol("__start_orc_unwind_ip", IP_TABLE);
	fake_symbol("__stop_orc_unwind_ip", IP_TABLE + 4 * FUNCTIONS);
	fake_symbol("__start_orc_unwind", ORC_TABLE);
	fake_symbol("__stop_orc_unwind", ORC_TABLE + 6 * FUNCTIONS);
	put_orc(INNER, 0x20, -0x10, flags(CALL, SP, PREV_SP));
	put_orc(MIDDLE, 0x40, 0, flags(CALL, SP, NONE));
	put_orc(OUTER, 0x10, -0x10, flags(CALL, BP, PREV_SP));
	put_orc(FORK, 0, 0, flags(END, NONE, NONE));
	put_orc(ENTRY, 0, 0, flags(REGS, SP, NONE));
	put_orc(GAP, 0, 0, flags(UNDEFINED, NONE, NONE));
	put_orc(FRAMED, 0x10, -0x10, flags(CALL, SP, NONE));
	put_orc(FAULT_ENTRY, 0, 0, flags(IRET, SP, NONE));
	put_orc(SYSCALL, 0x20, 0, flags(CALL, SP, NONE));
	put_orc(TRACED, 0x48, 0, flags(CALL, SP, NONE));
	put_orc(TRAMPOLINE, 0, 0, flags(UNDEFINED, NONE, NONE));
}

/* --- the kernel ------------------------------------------------------------------------------- */

static void open_base(bool tables)
{
	fake_open(more_types);
	fake_symbol("init_task", TASK);
	fake_symbol("_stext", TEXT);
	fake_symbol("_etext", AT(FUNCTIONS, 0));
	fake_symbol("hardirq_stack_ptr", FAKE_BASE + 0x100);
	fake_u64(FAKE_BASE + 0x100, IRQ_STACK + 0x4000 - 8);
	fake_symbol("cpu_tss_rw", FAKE_BASE + 0x180);
	fake_u64(FAKE_BASE + 0x180, FAKE_BASE + 0x4000);
	for (unsigned i = 0; i < FUNCTIONS; i++)
		fake_symbol(names[i], AT(i, 0));
	fake_task(TASK, 1, "task", TASK, TASK, SIGNAL);
	fake_u64(TASK + T_STACK, STACK);
	if (tables)
		put_tables();
	assert_ok(disasm_open(&kernel.disasm));
}

static void open_rest(int way)
{
	struct err *why;

	assert_ok(percpu_open(&kernel, &kernel.percpu));
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	assert_ok(stacks_open(&kernel, &kernel.stacks));
	assert_ok(unwinder_open(&kernel, &kernel.unwinder, &why));
	ck_assert_int_eq(kernel.unwinder->way, way);
	ck_assert_int_eq(!why, way != WAY_SCAN);
	err_free(why);
}

static void open_orc(void)
{
	open_base(true);
	open_rest(WAY_ORC);
}

static void close_all(void)
{
	unwinder_close(kernel.unwinder);
	free(kernel.cpu_notes);
	stacks_close(kernel.stacks);
	tasks_close(kernel.tasks);
	percpu_close(kernel.percpu);
	disasm_close(kernel.disasm);
	fake_close();
}

/* A direct call of a function that returns to an address. */
static void put_call(uint64_t address, uint64_t target)
{
	uint8_t call = 0xe8;

	fake_put(address - 5, &call, 1);
	fake_u32(address - 4, (uint32_t)(target - address));
}

static struct regs start(uint64_t rip, uint64_t rsp, uint64_t rbp)
{
	struct regs regs = {0};

	regs_set(&regs, REG_RIP, rip);
	regs_set(&regs, REG_RSP, rsp);
	regs_set(&regs, REG_RBP, rbp);
	regs_set(&regs, REG_CS, 0x10);
	return regs;
}

/* Words of a pt_regs (arch/x86/include/asm/ptrace.h) that matter here. */
static void put_regs(uint64_t at, uint64_t rip, uint64_t cs, uint64_t rsp, uint64_t rbp)
{
	fake_u64(at + 4 * 8, rbp);
	fake_u64(at + 16 * 8, rip);
	fake_u64(at + 17 * 8, cs);
	fake_u64(at + 18 * 8, 0x10206);
	fake_u64(at + 19 * 8, rsp);
	fake_u64(at + 20 * 8, 0x18);
}

static void check_frame(const struct trace *trace, size_t i, uint64_t address, uint64_t sp,
			enum frame_kind kind, enum frame_source source)
{
	ck_assert_uint_lt(i, trace->count);
	ck_assert_uint_eq(trace->frames[i].address, address);
	ck_assert_uint_eq(trace->frames[i].sp, sp);
	ck_assert_int_eq(trace->frames[i].kind, kind);
	ck_assert_int_eq(trace->frames[i].source, source);
}

/* --- ORC -------------------------------------------------------------------------------------- */

#define SWITCHED (STACK + 0x3e00) /* thread.sp; the frame has seven words, ret_addr last */

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

static void check_stops(const struct regs *first, enum err_code code, size_t most)
{
	struct trace trace;

	assert_ok(unwind_regs(&kernel, first, &trace));
	ck_assert(!trace.complete);
	ck_assert_int_eq(trace.stopped->code, code);
	ck_assert_uint_le(trace.count, most);
	trace_deinit(&trace);
}

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

/* --- without tables --------------------------------------------------------------------------- */

static void open_fp(void)
{
	static const uint8_t prologue[] = {0x55, 0x48, 0x89, 0xe5, 0x90}; /* push; mov; nop */

	open_base(false);
	for (unsigned i = 0; i < FUNCTIONS; i++)
		if (i != FAULT_ENTRY && i != FORK)
			fake_put(AT(i, 0), prologue, sizeof(prologue));
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

UNIT_MAIN("unwind", sleepers_in_each_encoding, newborn_tasks_end_where_they_start,
	  a_lost_stack_pointer_is_searched_for, exception_frames_are_met, user_mode_ends_a_trace,
	  interrupt_stacks_are_crossed, overflown_stacks_are_seen_from_the_double_fault,
	  stacks_that_go_backwards_end, wild_stack_pointers_end, a_saved_pointer_to_nowhere_is_said,
	  calls_through_bad_pointers_return, gaps_are_crossed_by_the_call,
	  hooked_returns_are_looked_up, generated_code_is_stepped_through,
	  frame_pointers_are_followed, unfinished_frames_are_seen, looping_frame_pointers_end,
	  inline_switches_are_known, a_scan_says_what_it_is,
	  running_tasks_have_their_cpus_registers, notes_go_by_who_saved_one)
