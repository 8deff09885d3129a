/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the crash into the verdict. */
#include "crash/crash_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/str.h"
#include "crash/crash_context.h"
#include "crash/crash_lockup.h"
#include "crash/crash_refused.h"
#include "crash/culprit.h"
#include "describe.h"
#include "finding.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/symbols/symbol.h"
#include "log/log_json.h"
#include "log/report.h"

static json_t *registers_json(const struct regs *regs)
{
	static const enum reg order[] = {
		REG_RIP, REG_RSP, REG_RFLAGS, REG_RAX, REG_RBX, REG_RCX, REG_RDX,      REG_RSI,
		REG_RDI, REG_RBP, REG_R8,     REG_R9,  REG_R10, REG_R11, REG_R12,      REG_R13,
		REG_R14, REG_R15, REG_CS,     REG_SS,  REG_CR2, REG_CR3, REG_ORIG_RAX,
	};
	json_t *json = json_object();

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

	json_put(json, "text", json_escaped(operand->assembly));
	if (reg < REG_COUNT) {
		json_put(json, "register", json_string(reg_name(reg)));
		if (regs_known(&crash->regs, reg))
			json_put(json, "value", json_address(crash->regs.value[reg]));
	}
	return json;
}

/* By the dump's symbols, or as far from the crash's place as the code of its report is. */
static void format_place(const struct crash *crash, uint64_t address, char *place, size_t size)
{
	const struct insn *insn = &crash->code[crash->code_at];
	/* A breakpoint's trap is told of the instruction behind it. */
	uint64_t at = crash->at.offset - (crash->kind == CRASH_INT3 && insn_is(insn, "int3"));
	uint64_t offset = at + address - insn->address;

	if (!crash->report)
		symbols_format(crash->kernel->symbols, address, place, size);
	else if ((int64_t)offset < 0) /* of the function before, whose name is not known */
		snprintf(place, size, "%s-0x%" PRIx64, crash->at.symbol, -offset);
	else
		snprintf(place, size, "%s+0x%" PRIx64, crash->at.symbol, offset);
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

		format_place(crash, crash->code[i].address, place, sizeof(place));
		json_array_append_new(
			around, json_pack("{s:o, s:o, s:o, s:o, s:b}", "address",
					  json_address(crash->code[i].address), "place",
					  json_escaped(place), "text",
					  json_escaped(crash->code[i].assembly), "bytes",
					  json_bytes(crash->code[i].bytes, crash->code[i].size),
					  "faulting", i == crash->code_at));
	}
	json_put(json, "text", json_escaped(insn->assembly));
	json_put(json, "bytes", json_bytes(insn->bytes, insn->size));
	json_put(json, "operands", operands);
	json_put(json, "around", around);
	return json;
}

/* The pointer that a member's offset was added to, and the error it may carry. */
static void put_pointer(json_t *json, const struct crash *crash)
{
	const char *error = errno_name(errno_of_pointer(crash->pointer));

	if (!crash->pointer_known)
		return;
	json_put(json, "pointer", json_address(crash->pointer));
	if (error)
		json_put(json, "errno", json_string(error));
}

static void put_index(json_t *json, const struct crash *crash)
{
	if (!crash->index_known)
		return;
	json_put(json, "array", json_address(crash->array));
	json_put(json, "index", json_address(crash->index));
}

static json_t *fault_json(const struct crash *crash)
{
	if (!crash->fault)
		return NULL;
	json_t *json = json_object();

	json_put(json, "address", json_address(crash->address));
	json_put(json, "class", crash->fault_class ? json_string(crash->fault_class) : NULL);
	put_pointer(json, crash);
	put_index(json, crash);
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

static json_t *task_json(const struct crash *crash)
{
	if (crash->task)
		return describe_task(crash->task);
	return crash->pid >= 0 ? json_pack("{s:i, s:o}", "pid", crash->pid, "comm",
					   json_escaped(crash->comm))
			       : json_null();
}

static json_t *rip_json(const struct crash *crash)
{
	if (crash->trace.count)
		return describe_frame(crash->kernel, &crash->trace.frames[crash->frame]);
	const struct regs *regs = crash->report ? &crash->report->regs : NULL;
	bool known = regs && regs_known(regs, REG_RIP);

	if (!crash->at.symbol[0] && !known)
		return NULL;
	return json_pack("{s:o, s:o, s:I, s:o, s:s}", "address",
			 known ? json_address(regs->value[REG_RIP]) : json_null(), "symbol",
			 crash->at.symbol[0] ? json_escaped(crash->at.symbol) : json_null(),
			 "offset", (json_int_t)crash->at.offset, "module",
			 crash->at.module[0] ? json_escaped(crash->at.module) : json_null(),
			 "found_by", "log");
}

static json_t *report_backtrace_json(const struct report *report)
{
	json_t *frames = json_array();
	const struct report_stack *stack = report_own_stack(report);
	bool guess = stack && report_stack_is_guess(stack);

	if (report->rip.symbol[0])
		json_array_append_new(frames, log_json_place(&report->rip, true));
	for (size_t i = 0; stack && i < stack->count; i++) {
		const struct report_frame *frame = &stack->frames[i];

		if (!guess && frame->unreliable)
			continue;
		json_t *json = log_json_place(&frame->place, frame->exception);
		/* The kernel's own "?": it found the address on the stack, and no more. */
		if (frame->unreliable)
			json_object_set_new(json, "found_by", json_string("scan"));
		json_array_append_new(frames, json);
	}
	return frames;
}

json_t *crash_backtrace_json(const struct crash *crash)
{
	if (crash->report)
		return report_backtrace_json(crash->report);
	return describe_trace(crash->kernel, &crash->trace);
}

static json_t *place_json(const struct report_place *place)
{
	return json_pack("{s:o, s:I, s:o}", "symbol", json_escaped(place->symbol), "offset",
			 (json_int_t)place->offset, "module",
			 place->module[0] ? json_escaped(place->module) : json_null());
}

/* The caller that gave a helper what it crashed on; else the module that led into the kernel's own code. */
static void put_callers(const struct crash *crash, json_t *json)
{
	struct report_place place;

	if (culprit_find(crash, &place))
		json_put(json, "culprit", place_json(&place));
	else if (culprit_module(crash, &place))
		json_put(json, "module_caller", place_json(&place));
}

/* "sh/99", "pid 99" where nothing names it. */
static void put_task_name(const struct crash *crash, struct str *text)
{
	if (!crash->comm[0])
		str_puts(text, "pid ");
	str_escape(text, crash->comm, strlen(crash->comm));
	str_printf(text, crash->comm[0] ? "/%d" : "%d", crash->pid);
}

/* Who ran: the headline names this and not the task, where the task was only interrupted. */
static void put_who(const struct crash *crash, const struct crash_context *context, json_t *json)
{
	_str_ struct str text = {0};

	if (crash_context_interrupts(context->kind)) {
		str_puts(&text, "in ");
		crash_context_words(context, &text);
		if (crash->cpu >= 0)
			str_printf(&text, " on CPU %d", crash->cpu);
	} else if (context->kind == CRASH_CONTEXT_WORK) {
		str_puts(&text, "in ");
		crash_context_words(context, &text);
		if (crash->pid >= 0) {
			str_puts(&text, ", ");
			put_task_name(crash, &text);
		}
	}
	if (text.length)
		json_put(json, "who", json_string(text.data));
}

/* Of a lockup the task may hold the very lock that what interrupted it spins for. */
static bool may_be_guilty(const struct crash *crash)
{
	return crash->pid > 0 &&
	       (crash->kind == CRASH_SOFT_LOCKUP || crash->kind == CRASH_HARD_LOCKUP ||
		crash->kind == CRASH_RCU_STALL);
}

/* What the CPU was doing, in a sentence: "timer function f; sh/99, which it interrupted, is innocent" */
static void put_words(const struct crash *crash, const struct crash_context *context, json_t *json)
{
	_str_ struct str text = {0};

	crash_context_words(context, &text);
	if (crash->pid >= 0) {
		bool interrupts = crash_context_interrupts(context->kind);
		bool innocent = interrupts && !may_be_guilty(crash);

		str_puts(&text, innocent ? "; " : interrupts ? ", which interrupted " : " of ");
		put_task_name(crash, &text);
		str_puts(&text, innocent ? ", which it interrupted, is innocent" : "");
	}
	json_put(json, "text", text.data ? json_string(text.data) : NULL);
}

static json_t *context_json(const struct crash *crash)
{
	struct crash_context context;
	json_t *json;

	crash_context_find(crash, &context);
	if (context.kind == CRASH_CONTEXT_UNKNOWN)
		return NULL;
	json = json_pack("{s:s}", "kind", crash_context_name(context.kind));
	if (context.function[0])
		json_put(json, "function", json_escaped(context.function));
	if (context.module[0])
		json_put(json, "module", json_escaped(context.module));
	if (context.queue[0])
		json_put(json, "queue", json_escaped(context.queue));
	put_who(crash, &context, json);
	put_words(crash, &context, json);
	return json;
}

json_t *crash_json(const struct crash *crash)
{
	const struct regs *regs = crash_regs(crash);
	json_t *json = json_object();
	uint64_t divisor;

	json_put(json, "kind", json_string(crash_kind_name(crash->kind)));
	json_put(json, "why", json_string(crash->why));
	json_put(json, "message", crash->message[0] ? json_escaped(crash->message) : json_null());
	json_put(json, "cpu", crash->cpu >= 0 ? json_integer(crash->cpu) : json_null());
	json_put(json, "task", task_json(crash));
	json_put(json, "rip", rip_json(crash));
	put_callers(crash, json);
	json_put(json, "context", context_json(crash));
	json_put(json, "registers", regs ? registers_json(regs) : NULL);
	if (crash->exception)
		json_put(json, "exception", crash->entry[0] ? json_string(crash->entry) : NULL);
	json_put(json, "fault", fault_json(crash));
	json_put(json, "instruction", instruction_json(crash));
	if (crash_divisor(crash, &divisor))
		json_put(json, "divisor", json_address(divisor));
	if (crash->report)
		crash_lockup_put(json, crash->report);
	return json;
}
