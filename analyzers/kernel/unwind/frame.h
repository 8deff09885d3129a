/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_FRAME
#define TRIAGE_KERNEL_UNWIND_FRAME

#include "kernel/dump/regs.h"

enum frame_kind {
	FRAME_CALL,
	FRAME_EXCEPTION, /* these three: interrupted there, registers read from a pt_regs */
	FRAME_IRQ,
	FRAME_NMI,
	FRAME_ENTRY, /* the entry code that built the pt_regs of the next frame */
	FRAME_USER,  /* user-space registers; the last frame, its address is no kernel's */
};

enum frame_source {
	FOUND_REGISTERS, /* the registers themselves */
	FOUND_ORC,
	FOUND_FP,
	FOUND_RESUMED, /* unwinding went on from a place searched for, see unwind_resume.c */
	FOUND_SCAN,    /* a return address on the stack, nothing more */
};

/* A function's call on a stack, or what was interrupted. */
struct frame {
	uint64_t address;     /* RIP, or the return address */
	bool exact;	      /* address is the instruction at hand, not the one after a call */
	uint64_t sp;	      /* stack pointer in this frame */
	uint64_t return_slot; /* where on the stack the address was read; 0 for registers */
	enum frame_kind kind;
	enum frame_source source;
	bool hooked;	  /* a tracer had its own address in the slot; this is the right one */
	uint64_t pt_regs; /* where the registers were read (its end alone for an IRET frame) */
	struct regs regs; /* what is known of the registers in this frame */
};

const char *frame_kind_name(enum frame_kind kind);	 /* verdict's FRAME.kind */
const char *frame_source_name(enum frame_source source); /* verdict's FRAME.found_by */
/* The address to look up a symbol for: a return address belongs to the call before it. */
uint64_t frame_lookup_address(const struct frame *frame);

#endif
