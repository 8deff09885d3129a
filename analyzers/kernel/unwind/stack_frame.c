/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In whose frame of a task's stack an address lies. */
#include "kernel/unwind/stack_frame.h"

#include <stdlib.h>

#include "kernel/kernel.h"
#include "kernel/unwind/unwind_task.h"

#define TRACES_KEPT 8

/* A frame reaches from its stack pointer up to that of its caller. */
struct bound {
	uint64_t sp, function;
	bool sure; /* by more than a scan */
};

struct kept {
	const struct task *task;
	struct bound *bounds; /* innermost first */
	size_t count;
};

struct stack_frames {
	struct kept kept[TRACES_KEPT];
	unsigned next; /* the one to give way */
};

void stack_frames_close(struct stack_frames *frames)
{
	if (!frames)
		return;
	for (size_t i = 0; i < TRACES_KEPT; i++)
		free(frames->kept[i].bounds);
	free(frames);
}

static void unwind(struct kernel *kernel, const struct task *task, struct kept *kept)
{
	_trace_ struct trace trace = {0};

	*kept = (struct kept){.task = task};
	if (!kernel->unwinder || !err_ok(unwind_task(kernel, task, &trace)) || !trace.count)
		return;
	kept->bounds = calloc(trace.count, sizeof(*kept->bounds));
	if (!kept->bounds)
		return;
	kept->count = trace.count;
	for (size_t i = 0; i < trace.count; i++) {
		const struct frame *frame = &trace.frames[i];

		kept->bounds[i] = (struct bound){
			.sp = frame->kind == FRAME_USER ? task->stack + task->stack_size
							: frame->sp,
			.function = frame_lookup_address(frame),
			.sure = frame->source != FOUND_SCAN,
		};
	}
}

static const struct kept *keep(struct kernel *kernel, const struct task *task)
{
	struct stack_frames *frames = kernel->stack_frames;

	if (!frames && !(frames = kernel->stack_frames = calloc(1, sizeof(*frames))))
		return NULL;
	for (size_t i = 0; i < TRACES_KEPT; i++)
		if (frames->kept[i].task == task)
			return &frames->kept[i];
	struct kept *kept = &frames->kept[frames->next++ % TRACES_KEPT];
	free(kept->bounds);
	unwind(kernel, task, kept);
	return kept;
}

static bool on_stack(const struct task *task, uint64_t address)
{
	return address - task->stack <= task->stack_size;
}

enum stack_place stack_frame_find(struct kernel *kernel, const struct task *task, uint64_t address,
				  uint64_t *function)
{
	const struct kept *kept = keep(kernel, task);
	uint64_t lowest = UINT64_MAX;
	bool all_sure = true;

	for (size_t i = 0; kept && i < kept->count; i++) {
		const struct bound *frame = &kept->bounds[i], *caller = frame + 1;

		all_sure = all_sure && frame->sure;
		if (!on_stack(task, frame->sp))
			continue; /* an interrupt's or an exception's stack */
		if (frame->sp < lowest)
			lowest = frame->sp;
		if (i + 1 == kept->count || !on_stack(task, caller->sp) || !frame->sure ||
		    !caller->sure || address < frame->sp || address >= caller->sp)
			continue;
		*function = frame->function;
		return PLACE_FRAME;
	}
	return address < lowest && lowest != UINT64_MAX && all_sure ? PLACE_BELOW : PLACE_UNKNOWN;
}
