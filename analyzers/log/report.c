/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reports of a log: which there are, and which of them is the crash. */
#include "log/report.h"

#include <stdlib.h>
#include <string.h>

#include "log/report_shown.h"

static const struct {
	const char *name;
	enum report_outcome outcome;
} kinds[] = {
#define REPORT(id, name, outcome) [REPORT_##id] = {name, OUTCOME_##outcome},
#include "log/reports.def"
#undef REPORT
};

const char *report_kind_name(enum report_kind kind)
{
	return kinds[kind].name;
}

enum report_outcome report_kind_outcome(enum report_kind kind)
{
	return kinds[kind].outcome;
}

bool report_kind_by_sanitizer(enum report_kind kind)
{
	return kind == REPORT_KASAN || kind == REPORT_KFENCE || kind == REPORT_KMSAN;
}

struct report_stack *report_own_stack(const struct report *report)
{
	for (size_t i = 0; i < report->stack_count; i++)
		if (!report->stacks[i].title[0] && report->stacks[i].count)
			return &report->stacks[i];
	return NULL;
}

bool report_is_remark(const struct report *report)
{
	return report->kind == REPORT_WARN && report->cpu < 0 && report->pid < 0 &&
	       !report->stack_count && !report->rip.symbol[0] && !report->file[0] &&
	       !report->regs.known && !report->release[0] &&
	       !strstr(report->message, "kernel stack ") &&
	       !strstr(report->message, "stack recursion");
}

bool report_is_tail(const struct report *report)
{
	return report->kind == REPORT_OOPS && report->cut_front && !report->rip.symbol[0] &&
	       !report->regs.known && !report->other_count && report->pid < 0;
}

bool report_stack_is_guess(const struct report_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (!stack->frames[i].unreliable)
			return false;
	return true;
}

void report_deinit(struct report *report)
{
	for (size_t i = 0; i < report->stack_count; i++)
		free(report->stacks[i].frames);
	free(report->stacks);
}

void reports_free(struct reports *reports)
{
	if (!reports)
		return;
	for (size_t i = 0; i < reports->count; i++)
		report_deinit(&reports->list[i]);
	free(reports->list);
	shown_free(reports->shown);
	free(reports);
}
