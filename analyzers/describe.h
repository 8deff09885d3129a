/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DESCRIBE
#define TRIAGE_DESCRIBE

#include "json.h"
#include "kernel/kernel.h"
#include "kernel/mm/owner.h"

struct frame;
struct task;
struct trace;

/* Objects of the verdict's shape that more than one analyzer writes. */

/* TASK: {"pid","tgid","comm","address","state","cpu"} */
json_t *describe_task(const struct task *task);
/* OWNER: {"kind","cache","start","offset","size","state","symbol","task","cpu","text"} */
json_t *describe_owner(const struct owner *owner);
/* FRAME: {"address","symbol","offset","module","kind","found_by","file","line"} */
json_t *describe_frame(struct kernel *kernel, const struct frame *frame);
/* All frames of a trace, innermost first; with debuginfo, inlined functions on the frame's list. */
json_t *describe_trace(struct kernel *kernel, const struct trace *trace);

#endif
