/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: what killed the kernel: kind, CPU, task, RIP, fault address and where it came from.
 * Needs: memory; the more of symbols, types, tasks and stacks stand, the more it says.
 * False positives: an oops long before the panic whose words are still in the log, when the stack
 *   cannot be read.
 * Kernel commits: 58c5661f2144 v4.5 panic_cpu; v5.8 asm_exc_ entry symbols.
 */
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/parse.h"
#include "base/str.h"
#include "crash/crash.h"
#include "crash/crash_compare.h"
#include "crash/crash_fault.h"
#include "crash/crash_find.h"
#include "crash/crash_json.h"
#include "describe.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task_label.h"
#include "kernel/unwind/frame.h"
#include "log/report.h"

/* "NULL pointer access in crashme_null_third+0x15 [crashme], init/1 on CPU 0" */
static void headline(const struct crash *crash, struct str *text)
{
	char place[SYMBOL_NAME_MAX + 96];

	str_puts(text, crash_kind_words(crash->kind));
	if (crash->trace.count) {
		symbols_format(crash->kernel->symbols,
			       frame_lookup_address(&crash->trace.frames[crash->frame]), place,
			       sizeof(place));
		str_printf(text, " in %s", place);
	} else if (crash->at.symbol[0]) {
		str_puts(text, " in ");
		str_escape(text, crash->at.symbol, strlen(crash->at.symbol));
		str_printf(text, "+0x%" PRIx64, crash->at.offset);
	}
	if (crash->pid >= 0 && crash->comm[0]) {
		str_puts(text, ", ");
		str_escape(text, crash->comm, strlen(crash->comm));
		str_printf(text, "/%d", crash->pid);
	}
	if (crash->cpu >= 0)
		str_printf(text, " on CPU %d", crash->cpu);
}

/*
 * #GP and #SS are raised for operands that are no canonical address. The CPU raises #SS only for those
 * based on RBP or RSP (Intel SDM vol. 3, 6.15), and RBP is often data: what the register holds is
 * shown byte by byte.
 */
static void show_bad_register(const struct crash *crash, struct findings *findings)
{
	const struct insn *insn = crash->code_count ? &crash->code[crash->code_at] : NULL;
	bool stack = crash->kind == CRASH_STACK_SEGMENT;

	if (!stack && crash->kind != CRASH_GENERAL_PROTECTION)
		return;
	for (unsigned i = 0; insn && i < insn->operand_count; i++) {
		enum reg base = insn->operands[i].base;

		if (insn->operands[i].kind != OPERAND_MEMORY || base >= REG_RIP ||
		    !regs_known(&crash->regs, base) ||
		    crash_is_canonical(crash, crash->regs.value[base]))
			continue;
		uint64_t value = crash->regs.value[base], bytes = htole64(value);

		finding_add(
			findings, stack ? FINDING_FAULT_STACK_SEGMENT : FINDING_FAULT_NON_CANONICAL,
			SEVERITY_WARNING, 1.0,
			json_pack("{s:s, s:o, s:o, s:s}", "register", reg_name(base), "value",
				  json_address(value), "bytes",
				  json_bytes((const uint8_t *)&bytes, 8), "evidence",
				  EVIDENCE_PROVEN),
			"%s%s holds 0x%016" PRIx64 ", which is no address",
			stack ? "the stack is sound; the stack-segment fault comes of an operand "
				"based on it: "
			      : "",
			reg_name(base), value);
	}
}

static void lacks(struct findings *findings, const char *what, const char *why, const char *remedy)
{
	json_t *json = json_pack("{s:s, s:s}", "step", what, "why", why);

	if (remedy)
		json_put(json, "remedy", json_string(remedy));
	finding_add(findings, FINDING_DEGRADED, SEVERITY_NOTICE, 1.0, json, NULL);
}

#define NUMBER_LINES 16 /* behind the first line of a report */

/* "Oops: 0000 [#4] SMP": which one of that boot it is; 0 where the log does not say. */
static uint64_t oops_number(const struct log *log, const struct report *report)
{
	uint64_t number;

	for (size_t i = report->first; i <= report->last && i <= report->first + NUMBER_LINES; i++)
		if (parse_dec_after(log->lines[i].text, " [#", &number))
			return number;
	return 0;
}

static void show_earlier(const struct log *log, const struct report *report,
			 struct findings *findings)
{
	uint64_t number = oops_number(log, report);
	_str_ struct str why = {0};

	if (number < 2)
		return;
	str_printf(&why,
		   "this is oops #%" PRIu64
		   " of that boot, and the log does not have the first: it "
		   "may have broken what this one met",
		   number);
	lacks(findings, "earlier oopses", why.data ? why.data : "", NULL);
}

/* What a log cannot tell, and what this one does not. */
static void show_missing(const struct log *log, const struct crash *crash,
			 struct findings *findings)
{
	bool oops = report_kind_outcome(crash->report->kind) == OUTCOME_OOPS;

	/* rules/sysrq.sql knows it by its first words. */
	lacks(findings, "memory",
	      "only the log was read: what addresses lead to, and what other tasks did, it does "
	      "not tell",
	      "a dump would: triage doctor says whether kdump is armed");
	if (oops && !crash->exception)
		lacks(findings, "registers", "the log has none of this crash", NULL);
	if (oops && crash->exception && !crash->code_count && !crash->report->code_length &&
	    !crash_went_astray(crash))
		lacks(findings, "code", "the log has no bytes of the code at hand", NULL);
	if (oops)
		show_earlier(log, crash->report, findings);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	_str_ struct str text = {0};

	if (!kernel->dump && !kernel->log)
		return NULL;
	TRY(crash_find(kernel, analysis->reports, &analysis->crash));
	const struct crash *crash = analysis->crash;
	bool none = crash->kind == CRASH_NONE;

	headline(crash, &text);
	finding_add(findings, FINDING_CRASH, none ? SEVERITY_INFO : SEVERITY_CRITICAL,
		    crash->confidence, crash_json(crash), none ? NULL : "%s",
		    text.data ? text.data : "");
	if (crash->trace.count || crash->report)
		finding_add(findings, FINDING_BACKTRACE, SEVERITY_INFO, 1.0,
			    json_pack("{s:o}", "backtrace", crash_backtrace_json(crash)), NULL);
	show_bad_register(crash, findings);
	crash_compare(analysis);
	if (crash->report && !kernel->dump)
		show_missing(kernel->log, crash, findings);
	return NULL;
}

const struct analyzer panic_analyzer = {
	.name = "panic",
	.needs = 0,
	.run = run,
};
