/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports that a panic breaks off: what it shows is theirs. */
#include "log/report_panic.h"

#include <string.h>

#include "base/str.h"
#include "log/report_victim.h"

bool report_is_bare(const struct report *report)
{
	enum report_outcome outcome = report_kind_outcome(report->kind);

	/* "Preemption disabled at:" may have shown a place. */
	return (outcome == OUTCOME_NOTE || outcome == OUTCOME_BROKEN ||
		report->kind == REPORT_BUG || report->kind == REPORT_SOFT_LOCKUP) &&
	       !report_own_stack(report) && !report->regs.known && !report->release[0];
}

/* Where the panic's trace came by the warning's own place, the registers there are those of the warning. */
static void take_met(struct report *report, const struct report_met *met)
{
	if (!met->rip.symbol[0] || report->regs.known ||
	    (report->rip.symbol[0] && (strcmp(report->rip.symbol, met->rip.symbol) != 0 ||
				       report->rip.offset != met->rip.offset)))
		return;
	report->rip = met->rip;
	report->regs = met->regs;
	report->code_length = met->code_length;
	report->code_at = met->code_at;
	memcpy(report->code, met->code, sizeof(report->code));
}

/* A lockup's panic is called by the timer that came by the code which does not end: its place is that code. */
static void take_interrupted(struct report *report, const struct report *panic)
{
	if (report->kind != REPORT_SOFT_LOCKUP || report->rip.symbol[0] || !panic->rip.symbol[0])
		return;
	report->rip = panic->rip;
	report->regs = panic->regs;
	report->code_length = panic->code_length;
	report->code_at = panic->code_at;
	memcpy(report->code, panic->code, sizeof(report->code));
}

/*
 * "WARNING: …", and the panic that panic_on_warn makes of it before the warning's own header and trace:
 * those of the panic are the warning's.
 */
static void complete_by_panic(struct report *report, struct report *panic)
{
	if ((report->cpu >= 0 && panic->cpu != report->cpu) ||
	    (report->pid >= 0 && panic->pid != report->pid) || !panic->stack_count)
		return;
	report->cpu = panic->cpu;
	report->pid = panic->pid;
	report->tgid = panic->tgid;
	copy_string(report->comm, sizeof(report->comm), panic->comm);
	copy_string(report->work, sizeof(report->work), panic->work);
	copy_string(report->release, sizeof(report->release), panic->release);
	copy_string(report->version, sizeof(report->version), panic->version);
	copy_string(report->hardware, sizeof(report->hardware), panic->hardware);
	copy_string(report->taint, sizeof(report->taint), panic->taint);
	report->tainted_known = panic->tainted_known;
	report->is_32bit |= panic->is_32bit;
	take_met(report, &panic->met);
	take_interrupted(report, panic);
	struct report_stack *stacks = report->stacks;
	size_t stack_count = report->stack_count;

	report->stacks = panic->stacks;
	report->stack_count = panic->stack_count;
	panic->stacks = stacks;
	panic->stack_count = stack_count;
	report_trim_machinery(report);
}

void reports_join_panics(struct reports *reports)
{
	for (size_t i = 1; i < reports->count; i++) {
		struct report *report = &reports->list[i - 1], *panic = &reports->list[i];

		if (panic->kind == REPORT_PANIC && report_is_bare(report) &&
		    panic->first - report->last <= REPORT_PANIC_LINES)
			complete_by_panic(report, panic);
	}
}
