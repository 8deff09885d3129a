/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports whose first lines the log does not have: what the rest of them still tells. */
#include "log/report_headless.h"

#include "base/str.h"

/* Of a report without its first lines nothing may be left: a mark of a context, a bare "Call Trace:". */
bool report_headless_is_empty(const struct report *report)
{
	return report->cut_front && !report_own_stack(report) && !report->rip.symbol[0] &&
	       !report->regs.known && report->cpu < 0 && report->pid < 0 && !report->other_count;
}

/*
 * Where an exception's entry stands in the trace, what was interrupted is the next frame: that is the
 * RIP, whose line is lost. "?", as all above it, since v6.4 shows them.
 */
static void take_interrupted(struct report *report)
{
	const struct report_stack *stack = report_own_stack(report);

	for (size_t i = 0; stack && !report->rip.symbol[0] && i + 1 < stack->count; i++)
		if (stack->frames[i].unreliable && stack->frames[i + 1].unreliable &&
		    has_prefix(stack->frames[i].place.symbol, "asm_exc_"))
			report->rip = stack->frames[i + 1].place;
}

void report_headless_finish(const struct log *log, struct report *report)
{
	enum report_kind kind = report_kind_by_trace(report);

	take_interrupted(report);
	if (kind == REPORT_OOPS)
		return;
	report->kind = kind;
	if (report->before)
		copy_string(report->message, sizeof(report->message),
			    log->lines[report->before - 1].text);
}
