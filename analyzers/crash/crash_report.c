/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log as a source of the crash: what its report says takes the place of what memory would. */
#include "crash/crash_report.h"

#include <string.h>

#include "base/str.h"
#include "kernel/insn/disasm.h"
#include "kernel/insn/disasm_around.h"

#define ANYWHERE 0xffffffff81000000ull /* for code whose address the log leaves out */
#define REPORT_CONFIDENCE 0.9	       /* the kernel's own words, not its structures */
#define MIXED_CONFIDENCE 0.45	       /* and whose words they are is guessed in part */

/* crash_kinds.def and reports.def name what they share alike. */
static enum crash_kind kind_of(const struct report *report)
{
	const char *name = report_kind_name(report_crash_kind(report));

	/* Until 8341f2f222d7 v5.1 sysrq-c wrote to NULL to crash. */
	if (!strcmp(report->rip.symbol, "sysrq_handle_crash"))
		return CRASH_SYSRQ;
	for (int kind = CRASH_UNKNOWN; kind < CRASH_KINDS; kind++)
		if (!strcmp(crash_kind_name((enum crash_kind)kind), name))
			return (enum crash_kind)kind;
	return CRASH_UNKNOWN;
}

static void take_who(struct crash *crash, const struct report *report)
{
	crash->cpu = report->cpu;
	crash->pid = report->pid;
	copy_string(crash->comm, sizeof(crash->comm), report->comm);
}

static bool ends_in_panic(const char *function)
{
	return !strcmp(function, "panic") || !strcmp(function, "vpanic") ||
	       !strcmp(function, "nmi_panic");
}

/* The frame that called panic(), as in a dump. */
static bool panic_caller(const struct report *report, struct report_place *ret)
{
	const struct report_stack *stack = report->stack_count ? &report->stacks[0] : NULL;
	bool panicked = false, found = false;

	for (size_t i = 0; stack && i < stack->count; i++) {
		const struct report_frame *frame = &stack->frames[i];

		if (frame->unreliable)
			continue;
		if (panicked && !ends_in_panic(frame->place.symbol)) {
			*ret = frame->place;
			found = true;
		}
		panicked = ends_in_panic(frame->place.symbol);
	}
	return found;
}

static void take_where(struct crash *crash, const struct report *report)
{
	struct report_place caller;

	if (!report->rip.symbol[0] && !regs_known(&report->regs, REG_RIP) &&
	    panic_caller(report, &caller)) {
		copy_string(crash->at.symbol, sizeof(crash->at.symbol), caller.symbol);
		copy_string(crash->at.module, sizeof(crash->at.module), caller.module);
		crash->at.offset = caller.offset;
		return;
	}
	copy_string(crash->at.symbol, sizeof(crash->at.symbol), report->rip.symbol);
	copy_string(crash->at.module, sizeof(crash->at.module), report->rip.module);
	crash->at.offset = report->rip.offset;
}

/*
 * Bytes around the instruction at hand. Where the log gives no address of it, one is made up of the
 * offset in its function, so that jumps at least keep their distance.
 */
static void take_code(struct crash *crash, const struct report *report)
{
	bool breakpoint = crash->kind == CRASH_INT3 && report->code_at &&
			  report->code[report->code_at - 1] == 0xcc;
	size_t at = report->code_at - breakpoint; /* the trap is behind it */
	uint64_t rip = regs_known(&report->regs, REG_RIP) ? report->regs.value[REG_RIP]
							  : ANYWHERE + report->rip.offset;
	struct disasm_code bytes = {report->code, report->code_length, rip - report->code_at,
				    false};
	struct disasm_window window = {.list = crash->code, .before = 6, .after = 4};

	struct disasm *i386 = NULL;

	if (report->code_length <= at || !crash->kernel->disasm)
		return;
	if (report->is_32bit && !err_ok(disasm_open_i386(&i386)))
		return;
	disasm_around(i386 ? i386 : crash->kernel->disasm, &bytes, rip - breakpoint, &window);
	if (i386)
		disasm_close(i386);
	crash->code_count = window.count;
	crash->code_at = window.at;
}

void crash_report_complete(struct crash *crash, const struct reports *reports)
{
	const struct report *end = reports->list + reports->count;

	for (const struct report *report = crash->report + 1;
	     crash->pid >= 0 && !crash->comm[0] && report < end; report++)
		if (report_kind_outcome(report->kind) == OUTCOME_PANIC && report->pid == crash->pid)
			copy_string(crash->comm, sizeof(crash->comm), report->comm);
}

void crash_report_take(struct crash *crash, const struct report *report)
{
	crash->report = report;
	crash->kind = kind_of(report);
	crash->confidence = REPORT_CONFIDENCE;
	crash->why = "the kernel's report in the log says so";
	if (report->mixed) {
		crash->confidence = MIXED_CONFIDENCE;
		crash->why = "a report in the log says so, between the lines of another: what may "
			     "be of either is left out";
	}
	copy_string(crash->message, sizeof(crash->message), report->message);
	take_who(crash, report);
	take_where(crash, report);
	crash->exception = report->regs.known & ~(1u << REG_CS | 1u << REG_SS | 1u << REG_RIP);
	crash->regs = report->regs;
	if (report->has_error_code)
		crash->error_code = report->error_code;
	take_code(crash, report);
}
