/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_TRACE
#define TRIAGE_KERNEL_UNWIND_TRACE

#include "base/error.h"
#include "kernel/unwind/frame.h"

/* The frames of a stack. */
struct trace {
	struct frame *frames; /* innermost first */
	size_t count;
	bool complete;	     /* ended at user mode, or at a thread's first function */
	bool stale;	     /* of a running task, as it was when it last slept */
	struct err *stopped; /* why it is not complete; NULL when it is */
};

#define TRACE_MAX 2048 /* frames: a 16 KiB stack of nothing but return addresses */

/* A new, outermost frame, to be filled in; NULL on out-of-memory. */
struct frame *trace_add(struct trace *trace);
void trace_deinit(struct trace *trace);
#define _trace_ _cleanup_(trace_deinit)

#endif
