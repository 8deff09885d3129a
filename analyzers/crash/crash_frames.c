/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One way to walk a crash's stack, be it unwound from memory or printed in the log. */
#include "crash/crash_frames.h"

#include <string.h>

#include "base/str.h"
#include "log/report.h"

/* Frames behind the registers' own. */
static const struct report_stack *stack_of(const struct crash *crash)
{
	return crash->report ? report_own_stack(crash->report) : NULL;
}

size_t crash_frames_count(const struct crash *crash)
{
	const struct report_stack *stack = stack_of(crash);

	if (crash->report)
		return (crash->report->rip.symbol[0] != '\0') + (stack ? stack->count : 0);
	return crash->trace.count > crash->frame ? crash->trace.count - crash->frame : 0;
}

static bool at_report(const struct crash *crash, size_t index, struct report_frame *ret)
{
	const struct report_stack *stack = stack_of(crash);
	bool has_rip = crash->report->rip.symbol[0];

	if (has_rip && !index) {
		*ret = (struct report_frame){.place = crash->report->rip, .exception = true};
		return true;
	}
	index -= has_rip;
	if (!stack || index >= stack->count || !stack->frames[index].place.symbol[0])
		return false;
	*ret = stack->frames[index];
	return !ret->unreliable || report_stack_is_guess(stack);
}

static bool at_trace(const struct crash *crash, size_t index, struct report_frame *ret)
{
	const struct frame *frame = &crash->trace.frames[crash->frame + index];
	struct symbol symbol;

	if (!crash_frame_symbol(crash, crash->frame + index, &symbol))
		return false;
	*ret = (struct report_frame){
		.unreliable = frame->source == FOUND_SCAN,
		.exception = frame->kind == FRAME_EXCEPTION || frame->kind == FRAME_IRQ ||
			     frame->kind == FRAME_NMI,
		.place = {.offset = frame->address - symbol.address, .address = frame->address},
	};
	copy_string(ret->place.symbol, sizeof(ret->place.symbol), symbol.name);
	copy_string(ret->place.module, sizeof(ret->place.module), symbol.module);
	return true;
}

bool crash_frames_at(const struct crash *crash, size_t index, struct report_frame *ret)
{
	if (index >= crash_frames_count(crash))
		return false;
	return crash->report ? at_report(crash, index, ret) : at_trace(crash, index, ret);
}
