/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND
#define TRIAGE_KERNEL_UNWIND_UNWIND

#include "kernel/dump/regs.h"
#include "kernel/tasks/task.h"

/*
 * Stack traces. Two real unwinders (ORC, frame pointers) and, as last resort, a scan; each frame
 * says how it was found. Crosses IRQ, NMI, exception and entry stacks.
 */
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
	FOUND_RESUMED, /* unwinding went on from a place searched for, see unwind_scan.c */
	FOUND_SCAN,    /* a return address on the stack, nothing more */
};

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

struct trace {
	struct frame *frames; /* innermost first */
	size_t count;
	bool complete;	     /* ended at user mode, or at a thread's first function */
	struct err *stopped; /* why it is not complete; NULL when it is */
};

#define TRACE_MAX 2048 /* frames: a 16 KiB stack of nothing but return addresses */

struct unwinder;
/*
 * Needs tasks and stacks. Takes the best way this kernel was built for; there is always one. When
 * that is the scan, *why is the reason, owned by the caller; else NULL.
 */
struct err *unwinder_open(struct kernel *kernel, struct unwinder **ret, struct err **why);
void unwinder_close(struct unwinder *unwinder);
const char *unwinder_name(const struct unwinder *unwinder); /* "orc", "frame pointer", "scan" */

/*
 * A switched-out task from thread.sp; a running one from its CPU's registers. Without those, its
 * last switch is all there is: every frame is FOUND_SCAN then, and stopped says so. The only
 * errors returned are ERR_NOMEM and ERR_INVALID (no unwinder); all else is in ret->stopped.
 */
struct err *unwind_task(struct kernel *kernel, const struct task *task, struct trace *ret);
/* From any register file (RIP and RSP at least); its first frame is FOUND_REGISTERS. */
struct err *unwind_regs(struct kernel *kernel, const struct regs *regs, struct trace *ret);
void trace_deinit(struct trace *trace);
#define _trace_ _cleanup_(trace_deinit)

const char *frame_kind_name(enum frame_kind kind);	 /* verdict's FRAME.kind */
const char *frame_source_name(enum frame_source source); /* verdict's FRAME.found_by */
/* How far a frame can be trusted: registers and tables 1.0, resumed less, a scan little. */
double frame_confidence(enum frame_source source);
/* The address to look up a symbol for: a return address belongs to the call before it. */
uint64_t frame_lookup_address(const struct frame *frame);
/* Read a struct pt_regs (arch/x86/include/asm/ptrace.h). */
struct err *pt_regs_read(struct kernel *kernel, uint64_t address, struct regs *ret);

#endif
