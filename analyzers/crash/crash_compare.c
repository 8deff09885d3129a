/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One crash, two sources: where memory and the log do not say the same. */
#include "crash/crash_compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "crash/crash.h"
#include "finding.h"
#include "kernel/dump/regs.h"
#include "log/report.h"

#define NAMED_MAX 4 /* differences that the headline names */

struct difference {
	json_t *list;
	struct str text;
};

static void differ(struct difference *all, const char *what, const char *memory, const char *log)
{
	size_t count = json_array_size(all->list);

	if (count < NAMED_MAX)
		str_printf(&all->text, "%s%s is %s, in the log %s", count ? "; " : "", what, memory,
			   log);
	json_array_append_new(all->list, json_pack("{s:s, s:o, s:o}", "what", what, "memory",
						   json_escaped(memory), "log", json_escaped(log)));
}

static void compare_numbers(struct difference *all, const char *what, uint64_t memory, uint64_t log)
{
	char left[24], right[24];

	snprintf(left, sizeof(left), "0x%016" PRIx64, memory);
	snprintf(right, sizeof(right), "0x%016" PRIx64, log);
	if (memory != log)
		differ(all, what, left, right);
}

/* Compilers' clones bear the function's name and more. */
static bool same_function(const char *a, const char *b)
{
	size_t length = strcspn(a, ".");

	return length == strcspn(b, ".") && !strncmp(a, b, length);
}

static bool same_place(const struct crash *crash, const struct report *report)
{
	return same_function(crash->at.symbol, report->rip.symbol) &&
	       crash->at.offset == report->rip.offset;
}

static void compare_places(struct difference *all, const struct crash *crash,
			   const struct report *report)
{
	char left[REPORT_NAME_MAX + 32], right[REPORT_NAME_MAX + 32];

	if (!crash->at.symbol[0] || !report->rip.symbol[0] || same_place(crash, report))
		return;
	snprintf(left, sizeof(left), "%.*s+0x%" PRIx64, REPORT_NAME_MAX, crash->at.symbol,
		 crash->at.offset);
	snprintf(right, sizeof(right), "%s+0x%" PRIx64, report->rip.symbol, report->rip.offset);
	differ(all, "the place", left, right);
}

static void compare_who(struct difference *all, const struct crash *crash,
			const struct report *report)
{
	char left[16], right[16];

	snprintf(left, sizeof(left), "%d", crash->pid);
	snprintf(right, sizeof(right), "%d", report->pid);
	if (crash->pid >= 0 && report->pid >= 0 && crash->pid != report->pid)
		differ(all, "the task's pid", left, right);
	snprintf(left, sizeof(left), "%d", crash->cpu);
	snprintf(right, sizeof(right), "%d", report->cpu);
	if (crash->cpu >= 0 && report->cpu >= 0 && crash->cpu != report->cpu)
		differ(all, "the CPU", left, right);
}

static void compare_registers(struct difference *all, const struct crash *crash,
			      const struct report *report)
{
	/* Those of the exception frame: the log prints the same memory. */
	for (enum reg reg = REG_RAX; reg <= REG_RIP; reg++)
		if (regs_known(&crash->regs, reg) && regs_known(&report->regs, reg))
			compare_numbers(all, reg_name(reg), crash->regs.value[reg],
					report->regs.value[reg]);
	if (crash->fault && crash->address_read && report->has_address)
		compare_numbers(all, "the fault address", crash->address, report->address);
}

/* The oops that is this one: at its place, else the last that the log has. */
static const struct report *report_of(const struct crash *crash, const struct reports *reports)
{
	const struct report *found = NULL;

	for (size_t i = 0; i < reports->count; i++) {
		const struct report *report = &reports->list[i];

		if (report_kind_outcome(report->kind) != OUTCOME_OOPS ||
		    (!report->regs.known && !report->rip.symbol[0]))
			continue;
		if (!found || !same_place(crash, found))
			found = report;
	}
	return found;
}

void crash_compare(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	const struct report *report;
	struct difference all = {.list = NULL};

	if (!crash->exception || crash->report || crash->kind == CRASH_WARN ||
	    crash->kind == CRASH_SYSRQ || !analysis->reports ||
	    !(report = report_of(crash, analysis->reports)))
		return;
	all.list = json_array();
	compare_places(&all, crash, report);
	compare_who(&all, crash, report);
	compare_registers(&all, crash, report);
	if (json_array_size(all.list))
		finding_add(analysis->findings, FINDING_CRASH_DISAGREES, SEVERITY_WARNING, 1.0,
			    json_pack("{s:O, s:I}", "differences", all.list, "first_line",
				      (json_int_t)report->first + 1),
			    "memory and log disagree about the crash: %s",
			    all.text.data ? all.text.data : "?");
	json_decref(all.list);
	str_deinit(&all.text);
}
