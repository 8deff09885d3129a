/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_STATE
#define TRIAGE_KERNEL_UNWIND_UNWIND_STATE

#include "kernel/dump/regs.h"
#include "kernel/kernel.h"
#include "kernel/unwind/frame.h"
#include "kernel/unwind/stacks.h"

/* An unwind at a frame: what each step reads and moves on. */
struct unwind_state {
	struct kernel *kernel;
	struct regs regs;   /* of the frame at hand; RIP and RSP are known */
	bool exact;	    /* RIP is an interrupted instruction, not a return address */
	struct stack stack; /* the one the last step read from, or that RSP is on */
	unsigned switches;  /* changes of stack so far */
	unsigned resumes;   /* searches still allowed */
	bool guessed;	    /* one of them found no proof: what follows rests on it */
};

/* From a frame to its caller, or to what it interrupted. */
struct unwind_step {
	struct regs regs;	       /* there */
	bool exact;		       /* as in struct unwind_state */
	bool end;		       /* there is no caller: a thread's first function */
	bool hooked;		       /* a tracer had replaced the return address */
	uint64_t return_slot, pt_regs; /* as in struct frame */
	enum frame_source source;
};

/* The address an instruction look-up wants: a return address belongs to the call before it. */
static inline uint64_t unwind_state_lookup_address(const struct unwind_state *state)
{
	return state->regs.value[REG_RIP] - !state->exact;
}

#define RETURN_HOOKS 4
/* How this kernel's stacks are unwound. */
struct unwinder {
	enum { WAY_ORC, WAY_FP, WAY_SCAN } way;
	struct orc *orc;
	/* Code that tracers return to, by unwind_return_find_hooks(). 0 where there is none. */
	uint64_t return_hooks[RETURN_HOOKS];
};

#endif
