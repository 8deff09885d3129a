/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who owns the addresses an oops shows, where the bad one came from, what its bytes look
 *   like, and whether flipped bits explain it.
 * Needs: symbols, types, tasks, stacks.
 * False positives: the member's name is that of the function's parameter type, which a cast may
 *   have changed; a bit flip is a hypothesis, never a proof.
 * Kernel commits: see kernel/mm/slab.h.
 */
#include <inttypes.h>
#include <stdio.h>

#include "analysis.h"
#include "base/str.h"
#include "crash/crash.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/mm/owner.h"
#include "memory/bad_call.h"
#include "memory/bit_flip.h"
#include "memory/copies.h"
#include "memory/crash_pointers.h"
#include "memory/kernel_pointer.h"
#include "memory/memory_found.h"
#include "memory/provenance.h"
#include "memory/value_found.h"

/* --- what the value may be -------------------------------------------------------------------- */

static void add_holder(struct analysis *analysis, struct holder *holder)
{
	owner_find(analysis->kernel, holder->address, &holder->owner);
	owner_find_frame(analysis->kernel, &holder->owner);
	memory_found_holder(analysis, holder);
}

/*
 * Would flipped bits explain the value? If *holder is 0 and they tell where the value stands, it is
 * set.
 */
static void find_flip(struct analysis *analysis, uint64_t value, uint64_t *holder)
{
	struct bit_flip flip;

	if (!bit_flip_find(analysis->kernel, value, &analysis->memory.bad, &flip))
		return;
	struct hypothesis hypothesis = {.kind = flip.count > 1 ? "two_bit_flip" : "bit_flip",
					.confidence = flip.confidence,
					.bits = {flip.bits[0], flip.bits[1]},
					.bit_count = flip.count,
					.restored = flip.restored};
	copy_string(hypothesis.text, sizeof(hypothesis.text), flip.text);
	memory_found_hypothesis(analysis, &hypothesis);
	if (!flip.node || *holder)
		return;
	*holder = flip.node;
	add_holder(
		analysis,
		&(struct holder){.kind = HOLDER_LINKED, .address = flip.node, .confidence = 0.7});
}

/* The value was loaded from memory that still holds it, or that the code has cleared since. */
static void find_holder(struct analysis *analysis)
{
	const struct bad_value *bad = &analysis->memory.bad;
	struct holder holder = {.kind = HOLDER_LOADED,
				.address = bad->address,
				.offset = bad->offset,
				.confidence = bad->held ? 1 : 0.8};

	if (bad->member[0]) {
		holder.type = bad->type;
		copy_string(holder.member, sizeof(holder.member), bad->member);
	}
	add_holder(analysis, &holder);
}

/* --- the bad register ------------------------------------------------------------------------- */

/* The register to blame: the base, unless that is sound and there is an index too. */
static enum reg blamed(const struct crash *crash, const struct operand *operand)
{
	bool base = operand->base < REG_RIP && regs_known(&crash->regs, operand->base);
	bool index = operand->index < REG_RIP && regs_known(&crash->regs, operand->index);

	if (index && (!base || kernel_pointer_leads_somewhere(crash->kernel->memory,
							      crash->regs.value[operand->base])))
		return operand->index;
	return base ? operand->base : REG_NONE;
}

/* The register that made the faulting address. */
static enum reg bad_register(const struct crash *crash)
{
	const struct insn *insn = crash->code_count ? &crash->code[crash->code_at] : NULL;

	for (unsigned i = 0; insn && i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];
		uint64_t effective;

		if (operand->kind == OPERAND_MEMORY && blamed(crash, operand) != REG_NONE &&
		    insn_operand_address(insn, operand, &crash->regs, &effective) &&
		    crash->address - effective < 64)
			return blamed(crash, operand);
	}
	return REG_NONE;
}

static struct err *explain_value(struct analysis *analysis, enum reg reg, uint64_t value)
{
	const struct crash *crash = analysis->crash;
	struct bad_value *bad = &analysis->memory.bad;

	/* No memory held the stack pointer; a bad one shows in the stack itself. */
	if (reg == REG_NONE || reg == REG_RSP)
		return NULL;
	provenance_trace(crash, reg, value, bad);
	memory_found_bad_value(analysis);
	uint64_t holder = bad->found && (bad->held || bad->overwritten) ? bad->address : 0;
	if (holder && bad->whole)
		value = bad->value;
	if (holder)
		find_holder(analysis);
	value_found_looks(analysis, value);
	if (value && crash->address >= PAGE_SIZE)
		find_flip(analysis, value, &holder);
	return copies_find(analysis, holder, value);
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;

	if (!crash)
		return NULL;
	crash_pointers_find(analysis);
	struct bad_call call;
	if (bad_call_find(crash, &call))
		return call.returned ? NULL : explain_value(analysis, REG_RIP, call.target);
	if (!crash->exception || !crash->fault)
		return NULL;
	enum reg reg = bad_register(crash);
	return explain_value(analysis, reg, reg < REG_COUNT ? crash->regs.value[reg] : 0);
}

const struct analyzer pointer_analyzer = {
	.name = "pointer",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
