/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts the crash together: who and where, of what kind, at which address, in whose words. */
#include "crash/crash_find.h"

#include <string.h>

#include "base/str.h"
#include "crash/crash_classify.h"
#include "crash/crash_fault.h"
#include "crash/crash_locate.h"
#include "crash/crash_log.h"
#include "crash/crash_overflow.h"
#include "crash/crash_report.h"
#include "kernel/tasks/task.h"

static void take_place(struct crash *crash)
{
	struct symbol symbol;

	if (!crash->trace.count || !crash_frame_symbol(crash, crash->frame, &symbol))
		return;
	copy_string(crash->at.symbol, sizeof(crash->at.symbol), symbol.name);
	copy_string(crash->at.module, sizeof(crash->at.module), symbol.module);
	crash->at.offset = crash->trace.frames[crash->frame].address - symbol.address;
}

static void take_task(struct crash *crash)
{
	if (!crash->task)
		return;
	crash->pid = crash->task->pid;
	memcpy(crash->comm, crash->task->comm, sizeof(crash->comm));
}

static void take_message(struct crash *crash)
{
	const char *message = crash_log_message(crash->kernel->log, crash->kind, crash->cpu);

	if (message)
		copy_string(crash->message, sizeof(crash->message), message);
}

/* Whether memory ran out for good says panic() alone. */
static void take_panic(struct crash *crash, const struct reports *reports)
{
	const struct report *panic = crash->kind == CRASH_OUT_OF_MEMORY
					     ? reports_panic_over(reports, crash->report)
					     : NULL;

	if (panic)
		copy_string(crash->message, sizeof(crash->message), panic->message);
}

/* Text without a single line in a form that kernel logs have may be anything, but for what begins each boot. */
static bool is_kernel_log(const struct log *log)
{
	if (!log || log->stamped)
		return log != NULL;
	for (size_t i = 0; i < log->count; i++)
		if (!strncmp(log->lines[i].text, "Linux version ", 14))
			return true;
	return false;
}

static void take_none(struct crash *crash)
{
	bool known = is_kernel_log(crash->kernel->log);

	crash->kind = CRASH_NONE;
	crash->confidence = known ? 1 : 0.3;
	crash->why = known ? "no line of the log announces one"
			   : "no line of the text has the form of a kernel log";
}

/* Beside a dump a reader takes the crash for memory's word. */
static void say_source(struct crash *crash)
{
	struct kernel *kernel = crash->kernel;

	if (kernel->dump)
		kernel_degrade(kernel, "crash",
			       err_new(ERR_NOT_FOUND, "its place, stack and registers are told by "
						      "the kernel's log: memory "
						      "does not show how that CPU died"),
			       NULL);
}

static void take_report(struct crash *crash, const struct reports *reports,
			const struct report *report)
{
	if (report) {
		say_source(crash);
		crash_report_take(crash, report);
		crash_report_complete(crash, reports);
		take_panic(crash, reports);
	} else if (!crash->kernel->dump) {
		take_none(crash);
	}
	crash_fault_explain(crash);
}

/* Where the CPU is by now is not where it died: the place is the recursion's. */
static bool take_overflow(struct crash *crash)
{
	uint64_t caller;
	const char *why = crash_overflow_goes_on(crash, &caller);
	struct symbol symbol;

	if (!why || !symbols_at(crash->kernel->symbols, caller - 1, &symbol))
		return false;
	crash->kind = CRASH_STACK_OVERFLOW;
	crash->confidence = 0.9;
	crash->why = why;
	copy_string(crash->at.symbol, sizeof(crash->at.symbol), symbol.name);
	copy_string(crash->at.module, sizeof(crash->at.module), symbol.module);
	crash->at.offset = caller - symbol.address;
	trace_deinit(&crash->trace);
	crash->trace = (struct trace){0};
	crash->exception = false;
	take_message(crash);
	take_task(crash);
	kernel_degrade(crash->kernel, "crash",
		       err_new(ERR_NOT_FOUND,
			       "the stack ran over into other memory, and what it "
			       "interrupted there is lost: no registers, no backtrace"),
		       NULL);
	return true;
}

static void take_memory(struct crash *crash)
{
	if (take_overflow(crash))
		return;
	crash_classify(crash);
	crash_fault_explain(crash);
	take_message(crash);
	take_task(crash);
	take_place(crash);
}

/*
 * A stack whose first frame has no name, and on which nothing says what happened, was hardly read; one
 * without any way to panic() is not that of the crash which the log reports.
 */
static bool is_told(const struct crash *crash)
{
	return crash->kind != CRASH_UNKNOWN && (crash->at.symbol[0] || crash->kind != CRASH_PANIC);
}

/*
 * Registers of after the crash that lead to no stack: what the CPU does until it is stopped was taken for where it
 * died.
 */
static bool is_elsewhere(const struct crash *crash, const struct report *report)
{
	return crash->exception && crash->trace.count == 1 && regs_known(&report->regs, REG_RIP) &&
	       regs_known(&crash->regs, REG_RIP) &&
	       report->regs.value[REG_RIP] != crash->regs.value[REG_RIP];
}

struct err *crash_find(struct kernel *kernel, const struct reports *reports, struct crash **ret)
{
	_cleanup_(cleanup_crash_free) struct crash *crash = NULL;
	const struct report *report = reports ? reports_crash(reports) : NULL;

	TRY(crash_new(kernel, &crash));
	if (kernel->memory && kernel->symbols)
		TRY(crash_locate(crash));
	bool memory = crash->trace.count || !reports;
	if (memory)
		take_memory(crash);
	if (memory && report && (!is_told(crash) || is_elsewhere(crash, report))) {
		crash_free(take_ptr(crash));
		TRY(crash_new(kernel, &crash));
		memory = false;
	}
	if (!memory)
		take_report(crash, reports, report);
	*ret = take_ptr(crash);
	return NULL;
}
