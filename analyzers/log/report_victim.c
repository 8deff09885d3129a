/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From who noticed a lockup or stall to who is stuck. */
#include "log/report_victim.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "kernel/locking/cpu_wait.h"

static bool is_stuck(const struct report *report)
{
	return report_kind_outcome(report_crash_kind(report)) == OUTCOME_STUCK &&
	       report->kind != REPORT_HUNG_TASK;
}

/* --- the interrupt that noticed --------------------------------------------------------------- */

/* Entry code of the timer's interrupt and of NMIs: what stands behind it was interrupted. */
static bool is_entry(const char *function)
{
	static const char *const entries[] = {
		"asm_sysvec_apic_timer_interrupt",
		"apic_timer_interrupt",
		"asm_exc_nmi",
		"end_repeat_nmi",
		"repeat_nmi",
		"nmi",
		"nmi_stack_correct",
		"asm_sysvec_hyperv_stimer0",
		"asm_sysvec_xen_hvm_callback",
		"xen_hvm_callback_vector",
		"hyperv_stimer0_callback_vector",
		"ret_from_intr",
	};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (!strcmp(entries[i], function))
			return true;
	return false;
}

/* Index of the first frame that was interrupted; 0 where the trace does not begin in an interrupt. */
static size_t interrupted(const struct report_stack *stack)
{
	size_t at = 0;

	if (!stack->count || stack->frames[0].context == CONTEXT_TASK)
		return 0;
	while (at < stack->count && stack->frames[at].context == stack->frames[0].context) {
		if (is_entry(stack->frames[at++].place.symbol))
			return at < stack->count ? at : 0;
	}
	if (at < stack->count && is_entry(stack->frames[at].place.symbol))
		at++;
	return at < stack->count ? at : 0;
}

/* Frames with "?" in front of the first that was unwound, from first on; 0 where none was. */
static size_t guesses(const struct report_stack *stack, size_t first)
{
	size_t at = first;

	while (at < stack->count && stack->frames[at].unreliable)
		at++;
	return at < stack->count ? at - first : 0;
}

void report_trim_noticer(struct report *report)
{
	struct report_stack *stack = report_own_stack(report);
	size_t first = stack ? interrupted(stack) : 0;

	if (!first || report->rip.symbol[0] ||
	    (!is_stuck(report) && report->kind != REPORT_BACKTRACE))
		return;
	first += guesses(stack, first);
	stack->count -= first;
	memmove(stack->frames, stack->frames + first, stack->count * sizeof(*stack->frames));
	report->rip = stack->frames[0].place;
	stack->count--;
	memmove(stack->frames, stack->frames + 1, stack->count * sizeof(*stack->frames));
}

/* --- the one that is stuck -------------------------------------------------------------------- */

static bool is_stalled_cpu(const struct report *report, int cpu)
{
	for (size_t i = 0; i < report->stall.cpu_count; i++)
		if (report->stall.cpus[i] == cpu)
			return true;
	return false;
}

#define NEAR_LINES 4

/* A CPU named, a task named where none is, or the one that RCU's own thread had to run on. */
static bool stalls(const struct report *report, const struct report *shown)
{
	if (shown->cpu >= 0 && is_stalled_cpu(report, shown->cpu))
		return true;
	if (report->stall.cpu_count)
		return false;
	if (report->pid >= 0)
		return shown->pid == report->pid;
	if (report->stall.starved[0] && report->stall.starved_cpu >= 0)
		return shown->cpu >= 0 && shown->cpu == report->stall.starved_cpu;
	/* "All QSes seen": no CPU holds RCU up, and the one that noticed shows what it runs itself. */
	return shown->state == 'R' && shown->first <= report->last + NEAR_LINES;
}

/* The worker whose work item runs; or, where only its pool is known, one that is shown running. */
static bool hogs(const struct report *report, const struct report *shown)
{
	if (report->pid >= 0)
		return shown->pid == report->pid;
	return shown->state == 'R' && has_prefix(shown->comm, "kworker/");
}

/* Of several CPUs that are stuck, one that waits for another is the victim of that other. */
static bool is_settled(const struct report *report, const struct report *shown)
{
	if (!report->has_victim)
		return report->rip.symbol[0] && report_own_stack(report);
	return cpu_wait_in(report->rip.symbol) == CPU_WAIT_NONE || !shown->rip.symbol[0] ||
	       cpu_wait_in(shown->rip.symbol) != CPU_WAIT_NONE;
}

bool report_awaits(const struct report *report, const struct report *shown)
{
	if (!is_stuck(report) || shown->first <= report->first || is_settled(report, shown))
		return false;
	switch (report->kind) {
	case REPORT_RCU_STALL:
		return stalls(report, shown);
	case REPORT_WORKQUEUE_LOCKUP:
		return hogs(report, shown);
	default:
		return report->cpu >= 0 && shown->cpu == report->cpu;
	}
}

/* Traces that the report had so far are of whoever noticed. */
static struct err *move_stacks(struct report *report, struct report *shown)
{
	for (size_t i = 0; i < report->stack_count; i++)
		if (!report->stacks[i].title[0])
			copy_string(report->stacks[i].title, sizeof(report->stacks[i].title),
				    "of who noticed");
	for (size_t i = 0; i < shown->stack_count; i++) {
		if (!array_grow(report->stacks, report->stack_count))
			return &err_nomem;
		report->stacks[report->stack_count++] = shown->stacks[i];
		shown->stacks[i] = (struct report_stack){0};
	}
	return NULL;
}

static void take_missing(char *to, size_t size, const char *from)
{
	if (!to[0])
		copy_string(to, size, from);
}

struct err *report_take_victim(struct report *report, struct report *shown)
{
	report->has_victim = true;
	report->last = MAX(report->last, shown->last);
	if (shown->cpu >= 0)
		report->cpu = shown->cpu;
	else if (report->stall.all_seen && report->cpu < 0)
		report->cpu = report->by_cpu; /* what the one that noticed runs itself */
	report->pid = shown->pid;
	copy_string(report->comm, sizeof(report->comm), shown->comm);
	report->rip = shown->rip;
	report->regs = shown->regs;
	memcpy(report->code, shown->code, sizeof(report->code));
	report->code_length = shown->code_length;
	report->code_at = shown->code_at;
	take_missing(report->work, sizeof(report->work), shown->work);
	take_missing(report->workqueue, sizeof(report->workqueue), shown->workqueue);
	take_missing(report->release, sizeof(report->release), shown->release);
	take_missing(report->version, sizeof(report->version), shown->version);
	take_missing(report->hardware, sizeof(report->hardware), shown->hardware);
	if (shown->tainted_known && !report->tainted_known) {
		report->tainted_known = true;
		copy_string(report->taint, sizeof(report->taint), shown->taint);
	}
	return move_stacks(report, shown);
}

/* --- what printed the trace --- */

#define MACHINERY_MAX 48 /* frames of the report's own making on top of the trace */

/* How many frames on top are of printing the trace: dump_stack() and what it calls. */
static size_t printers(const struct report_stack *stack)
{
	static const char *const names[] = {"dump_stack",     "show_stack", "dump_trace",
					    "dump_header",    "show_trace", "dump_cpu_task",
					    "sched_show_task"};
	size_t end = 0;

	for (size_t i = 0; i < MIN(stack->count, (size_t)MACHINERY_MAX); i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			if (!strncmp(stack->frames[i].place.symbol, names[j], strlen(names[j])))
				end = i + 1;
	return end;
}

/* How many frames are of the interrupt in which a watchdog found the CPU: what it interrupted is below. */
static size_t watchdog_frames(const struct report *report, const struct report_stack *stack)
{
	static const char *const entries[] = {"end_repeat_nmi", "asm_exc_nmi",
					      "asm_sysvec_apic_timer_interrupt",
					      "apic_timer_interrupt"};
	size_t count = MIN(stack->count, (size_t)MACHINERY_MAX);

	if (report->kind != REPORT_SOFT_LOCKUP && report->kind != REPORT_HARD_LOCKUP)
		return 0;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(entries); j++)
			if (!strcmp(stack->frames[i].place.symbol, entries[j]))
				return i + 1 < stack->count ? i + 1 : 0;
	return 0;
}

/* A trace taken by the report's own code begins with it: what is of interest is below the place itself. */
void report_trim_machinery(struct report *report)
{
	struct report_stack *stack = report_own_stack(report);
	const struct report_place *rip = &report->rip;
	/* Sanitizers are called by the place itself, which may be on the stack more than once before. */
	bool last = report_kind_outcome(report->kind) != OUTCOME_OOPS;
	size_t end = 0;

	for (size_t i = 0; stack && rip->symbol[0] && i < MIN(stack->count, (size_t)MACHINERY_MAX);
	     i++) {
		const struct report_place *place = &stack->frames[i].place;

		if (!strcmp(place->symbol, rip->symbol) && place->offset == rip->offset)
			end = last || !end ? i + 1 : end;
	}
	if (stack && !rip->symbol[0])
		end = MAX(printers(stack), watchdog_frames(report, stack));
	if (!end)
		return;
	stack->count -= end;
	memmove(stack->frames, stack->frames + end, stack->count * sizeof(*stack->frames));
}
