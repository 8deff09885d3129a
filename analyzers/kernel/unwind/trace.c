/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of a stack's frames. */
#include "kernel/unwind/trace.h"

#include "base/array.h"

struct frame *trace_add(struct trace *trace)
{
	if (!array_grow(trace->frames, trace->count))
		return NULL;
	return &trace->frames[trace->count++];
}

void trace_deinit(struct trace *trace)
{
	free(trace->frames);
	err_free(trace->stopped);
	*trace = (struct trace){0};
}
