/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_STATE
#define TRIAGE_KERNEL_UNWIND_UNWIND_STATE

#include "kernel/dump/regs.h"
#include "kernel/kernel.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwind.h"

/*
 * What the ways of unwinding share (unwind_orc.c, unwind_fp.c, unwind_scan.c). Each takes one step,
 * from a frame's registers to its caller's, and answers with an error when it cannot.
 */
struct unwind_state {
	struct kernel *kernel;
	struct regs regs;   /* of the frame at hand; RIP and RSP are known */
	bool exact;	    /* RIP is an interrupted instruction, not a return address */
	struct stack stack; /* the one the last step read from, or that RSP is on */
	unsigned switches;  /* changes of stack so far */
	unsigned resumes;   /* searches still allowed */
	bool guessed;	    /* one of them found no proof: what follows rests on it */
};

struct step {
	struct regs regs; /* of the caller, or of what was interrupted */
	bool exact;
	bool end;    /* there is no caller: a thread's first function */
	bool hooked; /* a tracer had replaced the return address */
	uint64_t return_slot, pt_regs;
	enum frame_source source;
};

/* Unwind from state's registers into an empty trace. Errors as unwind_regs(). */
struct err *unwind_from(struct unwind_state *state, struct trace *ret);
/* Read from the stack at hand or another one; ERR_CORRUPT for an address on none of them. */
struct err *unwind_read_stack(struct unwind_state *state, uint64_t address, void *buf,
			      size_t length);
struct err *unwind_read_word(struct unwind_state *state, uint64_t address, uint64_t *ret);
/* A pt_regs on a stack. */
struct err *unwind_read_regs(struct unwind_state *state, uint64_t address, struct regs *ret);
/*
 * A return address from its slot, the right one where a tracer has put its own there. ERR_CORRUPT
 * for one that is no code's.
 */
struct err *unwind_read_return(struct unwind_state *state, uint64_t slot, struct step *ret);
/* The return address a tracer took out of a slot, if one has it noted (unwind_return.c). */
bool unwind_real_return(const struct unwind_state *state, uint64_t slot, uint64_t *address);
/* One step by the best way, without searching. */
struct err *unwind_step_direct(struct unwind_state *state, struct step *ret);
/* Take the step: ERR_LOOP when the stack does not advance. */
struct err *unwind_apply(struct unwind_state *state, const struct step *step);
/* How many frames plain unwinding reaches from here, and whether it ends. Leaves state alone. */
unsigned unwind_reach(const struct unwind_state *state, bool *ends);

static inline bool regs_user_mode(const struct regs *regs)
{
	return regs_known(regs, REG_CS) && (regs->value[REG_CS] & 3) == 3;
}

/* The address an instruction look-up wants: a return address belongs to the call before it. */
static inline uint64_t unwind_lookup_address(const struct unwind_state *state)
{
	return state->regs.value[REG_RIP] - !state->exact;
}

/* Registers a function gives back unchanged (System V x86-64 ABI), but for RSP. */
#define CALLEE_SAVED                                                                               \
	(1u << REG_RBX | 1u << REG_RBP | 1u << REG_R12 | 1u << REG_R13 | 1u << REG_R14 |           \
	 1u << REG_R15)

#define RETURN_HOOKS 4
struct unwinder {
	enum { WAY_ORC, WAY_FP, WAY_SCAN } way;
	struct orc *orc;
	/* Code that tracers return to: return_to_handler, kretprobe's. 0 where there is none. */
	uint64_t return_hooks[RETURN_HOOKS];
};

/* --- code (unwind_scan.c) ---- */

/* Kernel or module code, by the bounds of their text. */
bool code_is_text(struct kernel *kernel, uint64_t address);
/* Memory for modules, BPF and trampolines that no module claims. */
bool code_is_generated(struct kernel *kernel, uint64_t address);
/* Whether the instruction before an address is a call; target is 0 for an indirect one. */
bool code_follows_call(struct kernel *kernel, uint64_t address, uint64_t *target);

/* The code that a tracer's trampoline is a copy of (unwind_ftrace.c). */
bool ftrace_origin(struct kernel *kernel, uint64_t address, uint64_t *ret);

/* --- the ways ---- */

struct orc;
/* ERR_NOT_FOUND when the kernel has no tables, ERR_UNSUPPORTED when it has others than we know. */
struct err *orc_open(struct kernel *kernel, struct orc **ret);
void orc_close(struct orc *orc);
struct err *orc_step(struct orc *orc, struct unwind_state *state, struct step *ret);

/* Whether the kernel's functions keep frame pointers, by how well-known ones begin. */
bool fp_usable(struct kernel *kernel);
struct err *fp_step(struct unwind_state *state, struct step *ret);
/* One frame of code that keeps RBP, whatever the kernel does: BPF's. */
struct err *fp_step_plain(struct unwind_state *state, struct step *ret);

/* The next return address on the stack. */
struct err *scan_step(struct unwind_state *state, struct step *ret);
/* Where the unwind can go on when the frame at hand has no data: see unwind_scan.c. */
struct err *scan_resume(struct unwind_state *state, struct step *ret);

#endif
