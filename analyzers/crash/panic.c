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
#include "base/str.h"
#include "crash/crash.h"
#include "crash/oops_report.h"
#include "describe.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/unwind/unwind.h"

static json_t *registers_json(const struct regs *regs)
{
	json_t *json = json_object();
	static const enum reg order[] = {
		REG_RIP, REG_RSP, REG_RFLAGS, REG_RAX, REG_RBX, REG_RCX, REG_RDX,      REG_RSI,
		REG_RDI, REG_RBP, REG_R8,     REG_R9,  REG_R10, REG_R11, REG_R12,      REG_R13,
		REG_R14, REG_R15, REG_CS,     REG_SS,  REG_CR2, REG_CR3, REG_ORIG_RAX,
	};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (regs_known(regs, order[i]))
			json_put(json, reg_name(order[i]), json_address(regs->value[order[i]]));
	return json;
}

static json_t *operand_json(const struct crash *crash, const struct operand *operand)
{
	json_t *json = json_object();
	enum reg reg = operand->kind == OPERAND_REGISTER ? operand->reg
		       : operand->kind == OPERAND_MEMORY ? operand->base
							 : REG_NONE;

	json_put(json, "text", json_escaped(operand->text));
	if (reg < REG_COUNT) {
		json_put(json, "register", json_string(reg_name(reg)));
		if (regs_known(&crash->regs, reg))
			json_put(json, "value", json_address(crash->regs.value[reg]));
	}
	return json;
}

static json_t *instruction_json(const struct crash *crash)
{
	if (!crash->code_count)
		return NULL;
	const struct insn *insn = &crash->code[crash->code_at];
	json_t *json = json_object(), *operands = json_array(), *around = json_array();

	for (unsigned i = 0; i < insn->operand_count; i++)
		json_array_append_new(operands, operand_json(crash, &insn->operands[i]));
	for (size_t i = 0; i < crash->code_count; i++) {
		char place[SYMBOL_NAME_MAX + 96];

		symbols_format(crash->kernel->symbols, crash->code[i].address, place,
			       sizeof(place));
		json_array_append_new(
			around,
			json_pack("{s:o, s:o, s:o, s:o, s:b}", "address",
				  json_address(crash->code[i].address), "place",
				  json_escaped(place), "text", json_escaped(crash->code[i].text),
				  "bytes", json_bytes(crash->code[i].bytes, crash->code[i].size),
				  "faulting", i == crash->code_at));
	}
	json_put(json, "text", json_escaped(insn->text));
	json_put(json, "bytes", json_bytes(insn->bytes, insn->size));
	json_put(json, "operands", operands);
	json_put(json, "around", around);
	return json;
}

static json_t *fault_json(const struct crash *crash)
{
	if (!crash->fault)
		return NULL;
	json_t *json = json_object();

	json_put(json, "address", json_address(crash->address));
	json_put(json, "class", crash->fault_class ? json_string(crash->fault_class) : NULL);
	json_put(json, "access", crash->access ? json_string(crash->access) : NULL);
	json_put(json, "evidence",
		 json_string(crash->address_read ? EVIDENCE_PROVEN : EVIDENCE_INFERRED));
	json_put(json, "source", json_string(crash->address_source));
	if (crash->provenance[0])
		json_put(json, "why", json_escaped(crash->provenance));
	if (crash->error_code != UINT64_MAX)
		json_put(json, "error_code", json_address(crash->error_code));
	return json;
}

/* Without a stack of our own, the kernel's report in its log has to do: who, where, which address. */
static void put_report(const struct crash *crash, json_t *json)
{
	struct crash_report report;

	if (crash->trace.count || !crash_report_read(crash->kernel->log, &report))
		return;
	if (crash->cpu < 0 && report.cpu >= 0)
		json_put(json, "cpu", json_integer(report.cpu));
	if (!crash->task && report.pid >= 0)
		json_put(json, "task",
			 json_pack("{s:i, s:o}", "pid", report.pid, "comm",
				   json_escaped(report.comm)));
	if (report.symbol[0])
		json_put(json, "rip",
			 json_pack("{s:o, s:I, s:o, s:s}", "symbol", json_escaped(report.symbol),
				   "offset", (json_int_t)report.offset, "module",
				   report.module[0] ? json_escaped(report.module) : json_null(),
				   "found_by", "log"));
	if (report.has_address && !crash->fault)
		json_put(json, "fault",
			 json_pack("{s:o, s:s?, s:s, s:s}", "address", json_address(report.address),
				   "class", fault_class(crash->kernel->memory, report.address),
				   "evidence", EVIDENCE_INFERRED, "source", "the log"));
}

static json_t *crash_json(const struct crash *crash)
{
	json_t *json = json_object();

	json_put(json, "kind", json_string(crash_kind_name(crash->kind)));
	json_put(json, "why", json_string(crash->why));
	json_put(json, "message", crash->message[0] ? json_escaped(crash->message) : json_null());
	json_put(json, "cpu", crash->cpu >= 0 ? json_integer(crash->cpu) : json_null());
	json_put(json, "task", crash->task ? describe_task(crash->task) : json_null());
	if (crash->trace.count) {
		json_put(json, "rip",
			 describe_frame(crash->kernel, &crash->trace.frames[crash->frame]));
		json_put(json, "registers",
			 registers_json(crash->exception
						? &crash->regs
						: &crash->trace.frames[crash->frame].regs));
	}
	if (crash->exception)
		json_put(json, "exception", crash->entry[0] ? json_string(crash->entry) : NULL);
	json_put(json, "fault", fault_json(crash));
	json_put(json, "instruction", instruction_json(crash));
	put_report(crash, json);
	return json;
}

/* "null_dereference in crashme_null_third+0x15 [crashme], init/1 on CPU 0" */
static void headline(const struct crash *crash, struct str *text)
{
	char place[SYMBOL_NAME_MAX + 96];

	str_puts(text, crash_kind_name(crash->kind));
	if (crash->trace.count) {
		symbols_format(crash->kernel->symbols,
			       frame_lookup_address(&crash->trace.frames[crash->frame]), place,
			       sizeof(place));
		str_printf(text, " in %s", place);
	}
	if (crash->task) {
		str_puts(text, ", ");
		str_escape(text, crash->task->comm, strnlen(crash->task->comm, 16));
		str_printf(text, "/%d on CPU %d", crash->task->pid, crash->cpu);
	}
}

/*
 * #GP and #SS come of operands that are no canonical address. The CPU raises #SS only for those
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
		    memory_is_canonical(crash->kernel->memory, crash->regs.value[base]))
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

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	struct crash crash = {.kernel = kernel, .cpu = -1, .error_code = UINT64_MAX};
	_str_ struct str text = {0};

	if (kernel->memory && kernel->symbols) {
		struct err *err = crash_locate(&crash);
		if (err) {
			trace_deinit(&crash.trace);
			return err;
		}
	}
	if (!kernel->dump && !kernel->log)
		return NULL;
	crash_classify(&crash);
	crash_explain_fault(&crash);
	crash_find_message(&crash);
	headline(&crash, &text);
	finding_add(findings, FINDING_CRASH, SEVERITY_CRITICAL, crash.confidence,
		    crash_json(&crash), "%s", text.data ? text.data : "");
	if (crash.trace.count)
		finding_add(findings, FINDING_BACKTRACE, SEVERITY_INFO, 1.0,
			    json_pack("{s:o}", "backtrace", describe_trace(kernel, &crash.trace)),
			    NULL);
	show_bad_register(&crash, findings);
	trace_deinit(&crash.trace);
	return NULL;
}

const struct analyzer panic_analyzer = {
	.name = "panic",
	.needs = 0,
	.run = run,
};
