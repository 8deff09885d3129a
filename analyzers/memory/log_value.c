/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: what the bad pointer of a log's oops is and where it came from, by its value, the other
 *   registers and the bytes of the code: what needs no memory.
 * Needs: the log.
 * False positives: code that was jumped into between the load and the fault.
 */
#include <inttypes.h>
#include <stdio.h>

#include "analysis.h"
#include "base/errno_name.h"
#include "crash/crash.h"
#include "kernel/insn/insn.h"
#include "kernel/insn/last_writer.h"
#include "log/report.h"
#include "memory/log_neighbour.h"
#include "memory/memory_found.h"
#include "memory/value_found.h"

/* --- where it was loaded from ----------------------------------------------------------------- */

/* A register still holds what it held when instruction i ran. */
static bool is_unchanged(const struct crash *crash, size_t i, enum reg reg)
{
	for (; i < crash->code_at; i++)
		if (insn_writes(&crash->code[i], reg))
			return false;
	return true;
}

static void add_load(const struct crash *crash, size_t i, struct bad_value *bad)
{
	const struct insn *insn = &crash->code[i];
	const struct operand *from = &insn->operands[1];
	uint64_t address,
		offset = crash->at.offset - (crash->code[crash->code_at].address - insn->address);
	bool known = from->base != REG_RIP &&
		     (from->base == REG_NONE || is_unchanged(crash, i, from->base)) &&
		     (from->index == REG_NONE || is_unchanged(crash, i, from->index)) &&
		     insn_operand_address(insn, from, &crash->regs, &address);
	char text[400];

	if (known)
		snprintf(text, sizeof(text), "%.200s+0x%" PRIx64 ": %s: loaded from 0x%016" PRIx64,
			 crash->at.symbol, offset, insn->assembly, address);
	else
		snprintf(text, sizeof(text), "%.200s+0x%" PRIx64 ": %s: loaded from there",
			 crash->at.symbol, offset, insn->assembly);
	bad_value_add_step(bad, false, text);
}

static void trace_register(const struct crash *crash, enum reg reg, struct bad_value *bad)
{
	char text[160];

	snprintf(text, sizeof(text), "%s holds 0x%016" PRIx64, reg_name(reg),
		 crash->regs.value[reg]);
	bad_value_add_step(bad, true, text);
	size_t i = insn_last_writer(crash->code, crash->code_at, reg);
	if (i == SIZE_MAX)
		return;
	const struct insn *insn = &crash->code[i];
	if (insn_is_load(insn, reg)) {
		add_load(crash, i, bad);
	} else if (insn->is_call && reg == REG_RAX) {
		snprintf(text, sizeof(text), "the call before returned it");
		bad_value_add_step(bad, false, text);
	}
}

/* --- what it is ------------------------------------------------------------------------------- */

/* NULL less a member's offset, or an errno that is a multiple of a pointer's size. */
static void add_negative(struct analysis *analysis, uint64_t value)
{
	uint64_t error = errno_of_pointer(value);
	struct hypothesis look = {.kind = "null_minus_offset", .confidence = 0.6};

	if (!error || error % 8)
		return;
	snprintf(look.text, sizeof(look.text),
		 "0x%016" PRIx64 " is NULL less %" PRIu64
		 ": container_of() of a NULL pointer to a member "
		 "there",
		 value, error);
	memory_found_hypothesis(analysis, &look);
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	struct hypothesis flip;

	if (!crash || !crash->report || !crash->exception || !crash->fault)
		return NULL;
	uint64_t value = crash->pointer_known ? crash->pointer : crash->address;
	if (crash->pointer_known && crash->pointer_reg != REG_RSP) {
		trace_register(crash, crash->pointer_reg, &analysis->memory.bad);
		memory_found_bad_value(analysis);
	}
	add_negative(analysis, value);
	value_found_looks(analysis, value);
	if (log_neighbour_find(&crash->regs, value, &flip))
		memory_found_hypothesis(analysis, &flip);
	return NULL;
}

const struct analyzer log_value_analyzer = {
	.name = "log_value",
	.needs = STEP_LOG,
	.run = run,
};
