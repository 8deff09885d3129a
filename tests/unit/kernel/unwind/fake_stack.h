/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_UNIT_FAKE_STACK
#define TRIAGE_UNIT_FAKE_STACK

/* A made kernel with one task, its stack, code with and without unwind tables: for tests of unwinding. */
#include "fake_kernel.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
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

static inline uint16_t flags(enum entry type, enum base sp, enum base bp)
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

static inline void put_orc(enum function function, int16_t sp_offset, int16_t bp_offset,
			   uint16_t word)
{
	uint64_t ip = IP_TABLE + 4 * (uint64_t)function, orc = ORC_TABLE + 6 * (uint64_t)function;

	fake_u32(ip, (uint32_t)(AT(function, 0) - ip));
	fake_put(orc, &sp_offset, 2);
	fake_put(orc + 2, &bp_offset, 2);
	fake_put(orc + 4, &word, 2);
}

static bool exception_stacks;

/* A TSS of sp0 alone, and the stack that lies below it. */
static inline void tss_types(struct btf_build *b, uint32_t l)
{
	static const char *const sp0[] = {"sp0"}, *const tss[] = {"x86_tss"};
	uint32_t c = b_int(b, "char", 1), page = b_array(b, c, 4096);

	fake_longs(b, "tss_struct", fake_longs(b, "x86_hw_tss", l, sp0, 1), tss, 1);
	b_record(b, B_STRUCT, "entry_stack", 4096, 1, "stack", page, 0);
}

static inline void more_types(struct btf_build *b, uint32_t i, uint32_t l)
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

static inline void put_tables(void)
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

static inline void open_base(bool tables)
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

static inline void open_rest(int way)
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

static inline void open_orc(void)
{
	open_base(true);
	open_rest(WAY_ORC);
}

static inline void close_all(void)
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
static inline void put_call(uint64_t address, uint64_t target)
{
	uint8_t call = 0xe8;

	fake_put(address - 5, &call, 1);
	fake_u32(address - 4, (uint32_t)(target - address));
}

static inline struct regs start(uint64_t rip, uint64_t rsp, uint64_t rbp)
{
	struct regs regs = {0};

	regs_set(&regs, REG_RIP, rip);
	regs_set(&regs, REG_RSP, rsp);
	regs_set(&regs, REG_RBP, rbp);
	regs_set(&regs, REG_CS, 0x10);
	return regs;
}

/* Words of a pt_regs (arch/x86/include/asm/ptrace.h) that matter here. */
static inline void put_regs(uint64_t at, uint64_t rip, uint64_t cs, uint64_t rsp, uint64_t rbp)
{
	fake_u64(at + 4 * 8, rbp);
	fake_u64(at + 16 * 8, rip);
	fake_u64(at + 17 * 8, cs);
	fake_u64(at + 18 * 8, 0x10206);
	fake_u64(at + 19 * 8, rsp);
	fake_u64(at + 20 * 8, 0x18);
}

static inline void check_frame(const struct trace *trace, size_t i, uint64_t address, uint64_t sp,
			       enum frame_kind kind, enum frame_source source)
{
	ck_assert_uint_lt(i, trace->count);
	ck_assert_uint_eq(trace->frames[i].address, address);
	ck_assert_uint_eq(trace->frames[i].sp, sp);
	ck_assert_int_eq(trace->frames[i].kind, kind);
	ck_assert_int_eq(trace->frames[i].source, source);
}

#define SWITCHED (STACK + 0x3e00) /* thread.sp; the frame has seven words, ret_addr last */

static inline void check_stops(const struct regs *first, enum err_code code, size_t most)
{
	struct trace trace;

	assert_ok(unwind_regs(&kernel, first, &trace));
	ck_assert(!trace.complete);
	ck_assert_int_eq(trace.stopped->code, code);
	ck_assert_uint_le(trace.count, most);
	trace_deinit(&trace);
}

#endif
