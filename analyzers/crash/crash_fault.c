/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which address could not be reached, what kind of address that is, and which register made it. */
#include "crash/crash_fault.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "crash/crash_fault_class.h"
#include "crash/crash_index.h"
#include "crash/crash_refused.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm_around.h"
#include "kernel/memory/memory.h"
#include "kernel/printk/log.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "log/report.h"

bool crash_is_canonical(const struct crash *crash, uint64_t address)
{
	if (crash->kernel->memory)
		return memory_is_canonical(crash->kernel->memory, address);
	return !(address >> 47) || address >> 47 == 0x1ffff;
}

/* --- the instruction -------------------------------------------------------------------------- */

#define CODE_BEFORE 64
#define CODE_AFTER 32
#define FUNCTION_BEFORE 4096 /* decode from the function's start when it is no farther */

static void read_code(struct crash *crash)
{
	struct kernel *kernel = crash->kernel;
	uint64_t rip = crash->regs.value[REG_RIP], start = rip - CODE_BEFORE;
	uint8_t code[FUNCTION_BEFORE + CODE_AFTER];
	struct symbol symbol;
	bool known = kernel->symbols && symbols_at(kernel->symbols, rip, &symbol) &&
		     rip - symbol.address <= FUNCTION_BEFORE;

	if (known)
		start = symbol.address;
	size_t length = rip - start + CODE_AFTER;
	if (!err_ok(memory_read(kernel->memory, start, code, length))) {
		length = PAGE_SIZE - (start & (PAGE_SIZE - 1));
		if (start + length <= rip || length > sizeof(code) ||
		    !err_ok(memory_read(kernel->memory, start, code, length)))
			return;
	}
	struct disasm_code bytes = {code, length, start, known};
	struct disasm_window window = {.list = crash->code, .before = 6, .after = 4};
	disasm_around(kernel->disasm, &bytes, rip, &window);
	crash->code_count = window.count;
	crash->code_at = window.at;
}

static const struct insn *current(const struct crash *crash)
{
	return crash->code_count ? &crash->code[crash->code_at] : NULL;
}

/* --- the address ------------------------------------------------------------------------------ */

/*
 * "BUG: kernel NULL pointer dereference, address: 00000000000002a0", else "CR2: …": that is the
 * register as it was when the report was printed, which may have met faults of its own by then.
 */
static bool address_in_log(const struct crash *crash, uint64_t *address)
{
	static const char *const words[] = {
		"dereference, address: ", "fault for address: ", "CR2: "};
	const struct log *log = crash->kernel->log;

	for (size_t w = 0; w < ARRAY_SIZE(words); w++)
		for (size_t i = log ? log->count : 0, seen = 0; i-- > 0 && seen < 300; seen++)
			if (parse_hex_after(log->lines[i].text, words[w], address))
				return true;
	return false;
}

/* "#PF: error_code(0x0003)": entry code clears what the CPU pushed once it has read it. */
static void take_error_code(struct crash *crash)
{
	const struct log *log = crash->kernel->log;

	if (crash->error_code < 0x10000 || crash->report || crash->kind != CRASH_PAGE_FAULT)
		return;
	for (size_t i = log ? log->count : 0, seen = 0; i-- > 0 && seen < 300; seen++)
		if (parse_hex_after(log->lines[i].text, "#PF: error_code(0x", &crash->error_code))
			return;
}

static void set_address(struct crash *crash, uint64_t address, bool read, const char *source)
{
	crash->fault = true;
	crash->address = address;
	crash->address_read = read;
	crash->address_source = source;
}

/* Does a memory operand of the instruction come to this address (or anything, when any is set)? */
static const struct operand *operand_of(const struct crash *crash, uint64_t address, bool any,
					uint64_t *effective)
{
	const struct insn *insn = current(crash);

	for (unsigned i = 0; insn && i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];

		if (operand->kind != OPERAND_MEMORY || (!operand->read && !operand->written) ||
		    !insn_operand_address(insn, operand, &crash->regs, effective))
			continue;
		/* An access may begin before the page that faulted. */
		if (any || address - *effective < MAX(operand->size, 1u))
			return operand;
	}
	return NULL;
}

#define FETCH 0x10u /* of a page fault's error code: the CPU was fetching an instruction */

/* The address is RIP's own, wherever the CPU's record of it was kept. */
static bool faulted_at(const struct crash *crash, uint64_t rip)
{
	const struct regs *saved = &crash->trace.frames[0].regs;
	uint64_t address;

	if (crash->error_code < 0x10000)
		return crash->error_code & FETCH;
	return (regs_known(saved, REG_CR2) && saved->value[REG_CR2] == rip) ||
	       (crash->task &&
		err_ok(member_read(crash->kernel, crash->task->address, MEMBER_TASK_CR2,
				   &address)) &&
		address == rip) ||
	       (address_in_log(crash, &address) && address == rip);
}

/* A call or jump led to where there is no code: no instruction of RIP's has anything to do with it. */
static bool fetch_failed(const struct crash *crash)
{
	uint64_t rip = crash->regs.value[REG_RIP];

	if (crash->report || !crash->trace.count)
		return false;
	return crash->kind == CRASH_PAGE_FAULT
		       ? faulted_at(crash, rip)
		       : crash->kind == CRASH_GENERAL_PROTECTION && !crash_is_canonical(crash, rip);
}

/*
 * Where a call or jump through a register or memory leads, and a thunk's ret: they fault at the
 * instruction itself where the CPU checks its target first.
 */
static bool branch_target(const struct crash *crash, uint64_t *ret)
{
	const struct insn *insn = current(crash);
	const struct operand *to = insn ? &insn->operands[0] : NULL;
	uint64_t at;

	if (!insn || crash->report)
		return false;
	if (insn->is_return)
		return err_ok(
			memory_read_u64(crash->kernel->memory, crash->regs.value[REG_RSP], ret));
	if ((!insn->is_call && !insn->is_jump) || insn->target || insn->operand_count != 1)
		return false;
	*ret = to->kind == OPERAND_REGISTER ? crash->regs.value[to->reg] : 0;
	if (to->kind == OPERAND_REGISTER)
		return regs_known(&crash->regs, to->reg);
	return insn_operand_address(insn, to, &crash->regs, &at) &&
	       err_ok(memory_read_u64(crash->kernel->memory, at, ret));
}

/* The CPU was about to go to the address. */
static bool is_branch_to(const struct crash *crash, uint64_t address)
{
	uint64_t target;

	return crash->kind == CRASH_GENERAL_PROTECTION && branch_target(crash, &target) &&
	       target == address;
}

/* The task's copy of CR2; one word, so that what the instruction and the log agree on goes before it. */
static bool address_in_task(const struct crash *crash, uint64_t *address)
{
	uint64_t logged, effective;

	return crash->task &&
	       err_ok(member_read(crash->kernel, crash->task->address, MEMBER_TASK_CR2, address)) &&
	       *address &&
	       (operand_of(crash, *address, false, &effective) || !address_in_log(crash, &logged) ||
		!operand_of(crash, logged, false, &effective));
}

static void page_fault_address(struct crash *crash)
{
	const struct regs *saved = crash->report ? &crash->regs : &crash->trace.frames[0].regs;
	uint64_t address, effective;

	if (regs_known(saved, REG_CR2) &&
	    operand_of(crash, saved->value[REG_CR2], false, &effective))
		set_address(crash, saved->value[REG_CR2], true, "CR2");
	else if (crash->report && crash->report->has_address)
		set_address(crash, crash->report->address, true, "the log");
	else if (address_in_task(crash, &address))
		set_address(crash, address, true, "task_struct.thread.cr2");
	else if (!crash->report && address_in_log(crash, &address))
		set_address(crash, address, true, "the log");
	else if (operand_of(crash, 0, true, &effective))
		set_address(crash, effective, false, "computed from the instruction's operand");
}

/* The address is one, but the instruction wants it to be a multiple of its operand's size. */
static bool is_misaligned(const struct crash *crash, uint64_t *ret)
{
	const struct operand *operand = operand_of(crash, 0, true, ret);

	return operand && crash_refused_address(current(crash), operand, *ret);
}

/* #GP and #SS leave no address: it is the operand that is not canonical. */
static void protection_address(struct crash *crash)
{
	uint64_t effective;

	if (crash->report && crash->report->has_kasan_address)
		set_address(crash, crash->report->kasan_address, true, "KASAN, in the log");
	else if (operand_of(crash, 0, true, &effective) && !crash_is_canonical(crash, effective))
		set_address(crash, effective, false, "computed from the instruction's operand");
	else if (branch_target(crash, &effective) && !crash_is_canonical(crash, effective))
		set_address(crash, effective, false, "where the instruction leads");
	else if (crash->report && crash->report->has_address)
		set_address(crash, crash->report->address, true, "the log");
	else if (is_misaligned(crash, &effective)) {
		set_address(crash, effective, false, "computed from the instruction's operand");
		crash->fault_class = "misaligned";
	}
}

/* Page fault error code: arch/x86/include/asm/trap_pf.h. */
static const char *access_of(const struct crash *crash, const struct operand *operand)
{
	bool page_fault = crash->kind == CRASH_PAGE_FAULT ||
			  crash->kind == CRASH_NULL_DEREFERENCE ||
			  crash->kind == CRASH_STACK_OVERFLOW;

	if (crash_went_astray(crash) || is_branch_to(crash, crash->address))
		return "execute";
	if (page_fault && crash->error_code < 0x10000)
		return crash->error_code & 0x10 ? "execute"
		       : crash->error_code & 2	? "write"
						: "read";
	if (operand)
		return operand->written ? "write" : "read";
	return crash->report && crash->report->access[0] ? crash->report->access : NULL;
}

static void describe_operand(struct crash *crash, const struct operand *operand)
{
	char *text = crash->provenance;
	size_t size = sizeof(crash->provenance), n = 0;

	if (operand->base < REG_COUNT && operand->base != REG_RIP)
		n += (size_t)snprintf(text + n, size - n, "%s (0x%016" PRIx64 ")",
				      reg_name(operand->base), crash->regs.value[operand->base]);
	if (operand->index < REG_COUNT)
		n += (size_t)snprintf(text + n, size - n, "%s%s (0x%" PRIx64 ") * %d",
				      n ? " + " : "", reg_name(operand->index),
				      crash->regs.value[operand->index], operand->scale);
	if (operand->displacement || !n)
		snprintf(text + n, size - n, "%s0x%" PRIx64,
			 n ? (operand->displacement < 0 ? " - " : " + ") : "",
			 (uint64_t)(operand->displacement < 0 ? -operand->displacement
							      : operand->displacement));
}

#define INDEX_SMALL 0x10000 /* of what counts; greater ones may be the address themselves */

/* The pointer itself, where the address is a member of what it points to. */
static void take_pointer(struct crash *crash, const struct operand *operand)
{
	if (operand->base >= REG_COUNT || operand->base == REG_RIP ||
	    (operand->index < REG_COUNT && crash->regs.value[operand->index] > INDEX_SMALL))
		return;
	crash->pointer_known = true;
	crash->pointer_reg = operand->base;
	crash->pointer = crash->regs.value[operand->base];
}

#define INFERRED 0.8 /* of the kind: CR2 is left as it was by what is no page fault */

/* Of an oops whose first lines are lost, CR2 tells: it is what the instruction accessed. */
static void infer_kind(struct crash *crash)
{
	crash->kind = CRASH_PAGE_FAULT;
	crash->confidence *= INFERRED;
	crash->why = "the log has no first line of the oops; CR2 is what the instruction accessed";
}

/* The double fault keeps no CR2 of its own: it is the operand, or the push itself. */
static void overflow_address(struct crash *crash)
{
	const struct insn *insn = current(crash);
	uint64_t effective;

	if (operand_of(crash, 0, true, &effective))
		set_address(crash, effective, false, "computed from the instruction's operand");
	else if (insn && insn->writes_stack)
		set_address(crash, crash->regs.value[REG_RSP] - 8, false,
			    "computed: the instruction pushes");
}

/* A push or call that ran off the stack has no operand that says so. */
static bool stack_access(struct crash *crash)
{
	const struct insn *insn = current(crash);

	if (!insn || !(insn->writes_stack || insn->reads_stack))
		return false;
	snprintf(crash->provenance, sizeof(crash->provenance), "rsp (0x%016" PRIx64 ")",
		 crash->regs.value[REG_RSP]);
	return true;
}

static void find_address(struct crash *crash)
{
	switch (crash->kind) {
	case CRASH_PAGE_FAULT:
	case CRASH_NULL_DEREFERENCE:
	case CRASH_OOPS:
		page_fault_address(crash);
		return;
	case CRASH_STACK_OVERFLOW:
		overflow_address(crash);
		return;
	case CRASH_GENERAL_PROTECTION:
	case CRASH_STACK_SEGMENT:
		protection_address(crash);
		return;
	default:
		if (crash->report && crash->report->has_address)
			set_address(crash, crash->report->address, true, "the log");
	}
}

/* How the address came about, by the instruction. */
static void explain_address(struct crash *crash, const struct operand *operand)
{
	if (operand) {
		describe_operand(crash, operand);
		take_pointer(crash, operand);
		crash_index_take(crash, operand);
	} else if (crash_went_astray(crash)) {
		snprintf(crash->provenance, sizeof(crash->provenance),
			 "the instruction pointer itself: a call or jump went there");
		crash->code_count = 0; /* what stands there is no code */
	} else {
		stack_access(crash);
	}
}

void crash_fault_explain(struct crash *crash)
{
	uint64_t effective;

	if (crash->report ? !crash->exception && !crash->report->has_address
			  : !crash->exception || !regs_known(&crash->regs, REG_RIP))
		return;
	if (fetch_failed(crash)) {
		set_address(crash, crash->regs.value[REG_RIP], true, "RIP");
	} else {
		if (!crash->report)
			read_code(crash);
		take_error_code(crash);
		find_address(crash);
	}
	if (!crash->fault)
		return;
	const struct operand *operand = operand_of(crash, crash->address, false, &effective);
	if (crash->kind == CRASH_OOPS && (operand || crash_went_astray(crash)))
		infer_kind(crash);
	explain_address(crash, operand);
	crash->access = access_of(crash, operand);
	if (!crash->fault_class)
		crash->fault_class = crash_fault_class(crash);
	/* The kernel says "NULL pointer" of the first page; offsets into large objects count too. */
	if (crash->kind == CRASH_PAGE_FAULT && crash->address < PAGE_SIZE)
		crash->kind = CRASH_NULL_DEREFERENCE;
}
