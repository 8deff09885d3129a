/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND
#define TRIAGE_KERNEL_UNWIND_UNWIND

#include "kernel/kernel.h"
#include "kernel/unwind/trace.h"

/*
 * Unwinding a stack into a trace. There are two real ways (ORC, frame pointers) and, as last
 * resort, a scan; each frame says how it was found. Crosses IRQ, NMI, exception and entry stacks.
 */
struct unwind_state;

/* From any register file (RIP and RSP at least); its first frame is FOUND_REGISTERS. */
struct err *unwind_regs(struct kernel *kernel, const struct regs *regs, struct trace *ret);
/*
 * From the registers of a state into an empty trace. The only errors returned are ERR_NOMEM and
 * ERR_INVALID (no unwinder); all else is in ret->stopped.
 */
struct err *unwind_from(struct unwind_state *state, struct trace *ret);

#endif
