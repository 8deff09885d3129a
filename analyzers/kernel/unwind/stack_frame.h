/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_STACK_FRAME
#define TRIAGE_KERNEL_UNWIND_STACK_FRAME

#include "kernel/tasks/task.h"

/*
 * Whose frame an address on a task's stack lies in. The traces of the tasks asked about last are
 * remembered, in kernel->stack_frames.
 */
struct stack_frames;
void stack_frames_close(struct stack_frames *frames);

enum stack_place {
	PLACE_UNKNOWN, /* nothing but a scan says what is there, or the stack was not unwound */
	PLACE_FRAME,
	PLACE_BELOW, /* below the stack pointer: left by calls that returned, or by the crash itself */
};

/*
 * For PLACE_FRAME *function is an address in it, to look a symbol up for. The task must be one of
 * kernel->tasks. Never fails: what cannot be told is PLACE_UNKNOWN.
 */
enum stack_place stack_frame_find(struct kernel *kernel, const struct task *task, uint64_t address,
				  uint64_t *function);

#endif
