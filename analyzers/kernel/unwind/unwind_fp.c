/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unwinding by frame pointers. */
#include "kernel/unwind/unwind_fp.h"

#include <string.h>

#include "kernel/insn/code.h"
#include "kernel/insn/prologue.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"
#include "kernel/unwind/unwind_read.h"

/*
 * Frame pointers: RBP points at the caller's RBP, the return address lies above. Kernels of before
 * ORC were built so (el6, el7). What entry code pushed is found by looking for a pt_regs that makes
 * sense: its place below the frame differs by release, and on an interrupt stack it is reached
 * through a saved stack pointer.
 */

struct err *unwind_fp_usable(struct kernel *kernel, bool *ret)
{
	static const char *const names[] = {"schedule", "do_exit", "vfs_read", "panic",
					    "__kmalloc"};
	unsigned with = 0, without = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct prologue prologue;
		uint64_t start;

		if (!symbols_find(kernel->symbols, names[i], &start))
			continue;
		if (TRY_OK(prologue_read(kernel, start, 0, &prologue)) && prologue.frame_pointer)
			with++;
		else
			without++;
	}
	*ret = with > without;
	return NULL;
}

/* --- one frame -------------------------------------------------------------------------------- */

static struct err *take_frame(struct unwind_state *state, uint64_t frame, uint64_t slot,
			      struct unwind_step *ret)
{
	uint64_t rbp = state->regs.value[REG_RBP];

	if (frame)
		TRY(unwind_read_word(state, frame, &rbp));
	ret->source = FOUND_FP;
	regs_set(&ret->regs, REG_RSP, slot + 8);
	regs_set(&ret->regs, REG_RBP, rbp);
	return unwind_read_return(state, slot, ret);
}

struct err *unwind_fp_step_plain(struct unwind_state *state, struct unwind_step *ret)
{
	uint64_t rbp = state->regs.value[REG_RBP];

	if (!regs_known(&state->regs, REG_RBP) || rbp < state->regs.value[REG_RSP] - 8 || rbp & 7)
		return err_at(ERR_CORRUPT, state->regs.value[REG_RIP], "no frame pointer for code");
	return take_frame(state, rbp, rbp + 8, ret);
}

/*
 * A function may have been interrupted before it set its frame up, or be one that never does
 * (assembly): its prologue so far tells how deep the return address lies.
 */
static struct err *step_without_frame(struct unwind_state *state, struct unwind_step *ret,
				      bool *done)
{
	uint64_t rip = state->regs.value[REG_RIP], rsp = state->regs.value[REG_RSP];
	struct prologue prologue;
	struct symbol symbol;

	*done = false;
	if (!state->exact || !symbols_at(state->kernel->symbols, rip, &symbol) ||
	    !TRY_OK(prologue_read(state->kernel, symbol.address, rip, &prologue)) ||
	    !prologue.reached || prologue.frame_pointer)
		return NULL;
	*done = true;
	uint64_t slot = rsp + prologue.depth;
	return take_frame(state, prologue_slot(&prologue, REG_RBP, slot), slot, ret);
}

/* --- entry code ------------------------------------------------------------------------------- */

/*
 * A double fault has a stack of its own because the one it interrupted has run over: there the stack pointer is
 * in the guard page, or, before ba14a194a434 (v4.9), in whatever lies below the stack.
 */
static bool overran(struct unwind_state *state, const struct regs *regs)
{
	return state->stack.kind == STACK_EXCEPTION &&
	       memory_is_kernel(state->kernel->memory, regs->value[REG_RSP]) &&
	       code_is_text(state->kernel, regs->value[REG_RIP]);
}

/* What an entry from user mode or an interrupted kernel can have left. */
static bool plausible_regs(struct unwind_state *state, uint64_t address, const struct regs *regs)
{
	uint64_t cs = regs->value[REG_CS], flags = regs->value[REG_RFLAGS];
	uint64_t rip = regs->value[REG_RIP], rsp = regs->value[REG_RSP];
	struct stack stack;

	/* Bit 1 is always set, bits 3, 5, 15 and those above 21 never. */
	if (!(flags & 2) || flags & ~UINT64_C(0x3f7fd7) || cs > 0xffff)
		return false;
	if ((cs & 3) == 3)
		return (cs == 0x33 || cs == 0x23) && !memory_is_kernel(state->kernel->memory, rip);
	if (cs != 0x10)
		return false;
	if (!stacks_find(state->kernel, rsp, &stack))
		return overran(state, regs);
	/* Interrupted on this stack, all that was there lies above. */
	return rsp > address || rsp < state->stack.low;
}

static bool try_regs(struct unwind_state *state, uint64_t address, struct unwind_step *ret)
{
	struct unwind_state copy = *state;
	struct regs regs;

	if (address & 7 || !err_ok(unwind_read_regs(&copy, address, &regs)) ||
	    !plausible_regs(&copy, address, &regs))
		return false;
	*ret = (struct unwind_step){
		.regs = regs, .pt_regs = address, .exact = true, .source = FOUND_FP};
	return true;
}

#define ENTRY_WORDS 24 /* entry code pushes a few words between its pt_regs and its call */

/*
 * The pt_regs that code at an address in entry text works on: at the stack pointer or a few words
 * above, or where one of these words points to (the stack pointer an interrupt stack begins with,
 * which 3.x leaves at the pt_regs' rbp).
 */
static bool find_regs(struct unwind_state *state, struct unwind_step *ret)
{
	const struct member *bp = members_get(state->kernel->members, MEMBER_PT_REGS_BP);
	uint64_t sp = (state->regs.value[REG_RSP] + 7) & ~UINT64_C(7), word;

	for (unsigned i = 0; i < ENTRY_WORDS; i++, sp += 8) {
		if (try_regs(state, sp, ret))
			return true;
		if (!err_ok(unwind_read_word(state, sp, &word)))
			return false;
		if (state->stack.kind != STACK_TASK &&
		    (try_regs(state, word, ret) ||
		     (bp && try_regs(state, word - member_offset(bp), ret))))
			return true;
	}
	return false;
}

/*
 * Until 76f5df43cab5 (v4.1) a system call saved the registers that calls clobber and left the place
 * of the others, at the bottom of its pt_regs, to the stack frames of C.
 */
static bool find_partial_regs(struct unwind_state *state, struct unwind_step *ret)
{
	static const enum reg unsaved[] = {REG_RBX, REG_RBP, REG_R12, REG_R13, REG_R14, REG_R15};
	uint64_t size = type_size(types_find_struct(state->kernel->types, "pt_regs"));
	struct unwind_step step;

	if (state->stack.kind != STACK_TASK || !size ||
	    !try_regs(state, state->stack.high - size, &step) || !(step.regs.value[REG_CS] & 3))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(unsaved); i++)
		regs_forget(&step.regs, unsaved[i]);
	*ret = step;
	return true;
}

/* Entry code by name, for kernels that do not keep it together. It is all assembly. */
static bool has_entry_name(const char *name)
{
	static const char *const whole[] = {
		"debug",      "nmi",	  "int3",	"overflow",	    "bounds",
		"invalid_op", "tracesys", "page_fault", "common_interrupt", "machine_check",
	};
	static const char *const beginnings[] = {
		"async_page_fault",
		"general_protection",
		"stack_segment",
		"double_fault",
		"invalid_TSS",
		"divide_error",
		"alignment_check",
		"coprocessor_",
		"simd_coprocessor_",
		"segment_not_present",
		"device_not_available",
		"spurious_interrupt",
		"error_entry",
		"error_exit",
		"error_kernelspace",
		"error_swapgs",
		"error_sti",
		"paranoid_",
		"retint_",
		"ret_from_intr",
		"ret_from_sys_call",
		"int_ret_from_sys_call",
		"int_with_check",
		"int_very_careful",
		"int_signal",
		"int_restore_rest",
		"sysret_",
		"system_call",
		"sysenter_",
		"ia32_syscall",
		"ia32_sysenter",
		"ia32_cstar",
		"stub_",
	};
	/* apic_timer_interrupt; its C part is smp_apic_timer_interrupt. */
	static const char interrupt[] = "_interrupt";
	size_t length = strlen(name), tail = strlen(interrupt);

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (!strcmp(name, whole[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (!strncmp(name, beginnings[i], strlen(beginnings[i])))
			return true;
	return length > tail && !strcmp(name + length - tail, interrupt) &&
	       strncmp(name, "smp_", strlen("smp_"));
}

enum between { NO_SECTION, INSIDE, OUTSIDE };

static enum between is_between(struct kernel *kernel, const char *first, const char *last,
			       uint64_t address)
{
	uint64_t start, end;

	if (!symbols_find(kernel->symbols, first, &start) ||
	    !symbols_find(kernel->symbols, last, &end))
		return NO_SECTION;
	return address >= start && address < end ? INSIDE : OUTSIDE;
}

/*
 * Entry code has a section of its own since ea7145477a46 v2.6.39; but exceptions and NMIs were among what no probe
 * may be put into, with C, until v3.16 and so in el7.
 */
static bool is_entry(struct kernel *kernel, uint64_t address)
{
	enum between entry = is_between(kernel, "__entry_text_start", "__entry_text_end", address);
	struct symbol symbol;

	if (entry == INSIDE)
		return true;
	if (entry == OUTSIDE &&
	    is_between(kernel, "__kprobes_text_start", "__kprobes_text_end", address) != INSIDE)
		return false;
	return symbols_at(kernel->symbols, address, &symbol) && !symbol.module[0] &&
	       has_entry_name(symbol.name);
}

static bool is_thread_start(struct kernel *kernel, uint64_t address)
{
	static const char *const names[] = {"ret_from_fork",
					    "child_rip",
					    "kernel_thread_helper",
					    "secondary_startup_64",
					    "start_secondary",
					    "x86_64_start_kernel",
					    "start_cpu",
					    "startup_64"};

	return code_is_in(kernel, address, names, ARRAY_SIZE(names));
}

/* C whose name only sounds like entry code (do_page_fault), and call_softirq(), keep a frame. */
static struct err *keeps_frame(struct kernel *kernel, uint64_t address, bool *ret)
{
	struct prologue prologue;
	struct symbol symbol;

	*ret = symbols_at(kernel->symbols, address, &symbol) &&
	       TRY_OK(prologue_read(kernel, symbol.address, 0, &prologue)) &&
	       prologue.frame_pointer;
	return NULL;
}

/* 4.11 marks a frame pointer that is the address of a pt_regs by its lowest bit (946c191161ce). */
static bool encoded_regs(struct unwind_state *state, struct unwind_step *ret)
{
	uint64_t rbp = state->regs.value[REG_RBP];

	return regs_known(&state->regs, REG_RBP) && rbp & 1 &&
	       try_regs(state, rbp & ~UINT64_C(1), ret);
}

struct err *unwind_fp_step(struct unwind_state *state, struct unwind_step *ret)
{
	uint64_t address = unwind_state_lookup_address(state);
	bool framed, done;

	if (is_thread_start(state->kernel, address)) {
		ret->end = true;
		return NULL;
	}
	if (encoded_regs(state, ret))
		return NULL;
	if (is_entry(state->kernel, address)) {
		TRY(keeps_frame(state->kernel, address, &framed));
		if (!framed && (find_regs(state, ret) || find_partial_regs(state, ret)))
			return NULL;
	}
	TRY(step_without_frame(state, ret, &done));
	return done ? NULL : unwind_fp_step_plain(state, ret);
}
