/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_UNWIND_H
#define TRIAGE_UNWIND_H

#include "kernel/task.h"

/*
 * Stack traces. Two real unwinders (ORC, frame pointers) and, as last resort, a scan; each frame
 * says how it was found. Crosses IRQ, NMI, exception and entry stacks.
 */
enum frame_kind { FRAME_CALL, FRAME_EXCEPTION, FRAME_IRQ, FRAME_NMI, FRAME_ENTRY, FRAME_USER };
enum frame_source {
	FOUND_REGISTERS, /* the registers themselves */
	FOUND_ORC,
	FOUND_FP,
	FOUND_RESUMED,	 /* unwinding went on from a place searched for, see unwind.c */
	FOUND_SCAN,	 /* a return address on the stack, nothing more */
};

struct frame {
	uint64_t address;	/* RIP, or the return address */
	uint64_t sp;		/* stack pointer in this frame */
	uint64_t return_slot;	/* where on the stack the address was read; 0 for registers */
	enum frame_kind kind;	/* FRAME_EXCEPTION etc.: regs were read from a pt_regs */
	enum frame_source source;
	uint64_t pt_regs;	/* address of that pt_regs, else 0 */
	struct regs regs;	/* what is known of the registers in this frame */
};

struct trace {
	struct frame *frames;	/* innermost first */
	size_t count;
	bool complete;		/* ended at user mode, or at a thread's first function */
	struct err *stopped;	/* why it is not complete; NULL when it is */
};

#define TRACE_MAX 512 /* frames; the kernel's own stacks hold fewer */

struct unwinder;
struct err *unwinder_open(struct kernel *kernel, struct unwinder **ret);
void unwinder_close(struct unwinder *unwinder);
const char *unwinder_name(const struct unwinder *unwinder); /* "orc", "frame pointer", "scan" */

/* A switched-out task from thread.sp; a running one from its CPU's registers. */
struct err *unwind_task(struct kernel *kernel, const struct task *task, struct trace *ret);
/* From any register file (RIP, RSP and RBP at least). */
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
