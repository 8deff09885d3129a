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
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/str.h"
#include "crash/crash.h"
#include "describe.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/types/object.h"
#include "kernel/unwind/unwind.h"
#include "memory/bit_flip.h"
#include "memory/copies.h"
#include "memory/crash_pointers.h"
#include "memory/provenance.h"
#include "memory/value.h"

static void hypothesis(struct findings *findings, const char *kind, double confidence,
		       const char *text)
{
	finding_add(findings, FINDING_HYPOTHESIS, SEVERITY_NOTICE, confidence,
		    json_pack("{s:s, s:o, s:f}", "kind", kind, "text", json_escaped(text),
			      "confidence", confidence),
		    "%s", text);
}

static void show_looks(struct findings *findings, uint64_t value)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	size_t count = value_looks(value, looks);

	for (size_t i = 0; i < count; i++) {
		char text[256];

		snprintf(text, sizeof(text), "the bad value 0x%016" PRIx64 " looks like %s", value,
			 looks[i].text);
		hypothesis(findings, looks[i].kind, looks[i].confidence, text);
	}
}

/* --- the object that held the value ----------------------------------------------------------- */

static void show_holder(struct kernel *kernel, struct findings *findings, uint64_t address,
			const struct bad_value *origin)
{
	struct owner owner;
	char text[256], type[96] = "";

	if (origin && origin->type.kind != TYPE_NONE)
		type_format(origin->type, type, sizeof(type));
	owner_find(kernel, address, &owner);
	owner_find_frame(kernel, &owner);
	owner_format(&owner, text, sizeof(text));
	json_t *json = json_pack("{s:o, s:o}", "address", json_address(address), "owner",
				 describe_owner(&owner));
	if (origin && origin->member[0]) {
		json_put(json, "type", json_escaped(type));
		json_put(json, "member", json_escaped(origin->member));
	}
	if (origin)
		json_put(json, "offset", json_integer((json_int_t)origin->offset));
	finding_add(findings, FINDING_HOLDER, SEVERITY_NOTICE, origin && origin->held ? 1.0 : 0.7,
		    json, "the bad value stands at 0x%016" PRIx64 "%s%s%s%s: %s", address,
		    origin && origin->member[0] ? ", " : "", type,
		    origin && origin->member[0] ? "." : "", origin ? origin->member : "", text);
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool leads_somewhere(const struct crash *crash, enum reg reg)
{
	uint64_t value = crash->regs.value[reg];

	return memory_is_kernel(crash->kernel->memory, value) &&
	       err_ok(memory_read(crash->kernel->memory, value, &(char){0}, 1));
}

/* The register to blame: the base, unless that is sound and there is an index too. */
static enum reg blamed(const struct crash *crash, const struct operand *operand)
{
	bool base = operand->base < REG_RIP && regs_known(&crash->regs, operand->base);
	bool index = operand->index < REG_RIP && regs_known(&crash->regs, operand->index);

	if (index && (!base || leads_somewhere(crash, operand->base)))
		return operand->index;
	return base ? operand->base : REG_NONE;
}

/* The register that made the faulting address; RIP where that went there itself. */
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
	return crash->address == crash->regs.value[REG_RIP] ? REG_RIP : REG_NONE;
}

static void show_steps(struct findings *findings, const struct bad_value *bad)
{
	for (size_t i = 0; i < bad->step_count; i++)
		finding_add(findings, FINDING_PROVENANCE, SEVERITY_INFO, 1.0,
			    json_pack("{s:i, s:o, s:s}", "step", (int)i + 1, "text",
				      json_escaped(bad->steps[i].text), "evidence",
				      bad->steps[i].proven ? EVIDENCE_PROVEN : EVIDENCE_INFERRED),
			    NULL);
}

static struct err *explain_value(const struct crash *crash, struct findings *findings)
{
	enum reg reg = bad_register(crash);
	struct kernel *kernel = crash->kernel;
	_cleanup_(bad_value_deinit) struct bad_value origin = {0};

	/* The stack pointer is nobody's value: where it led is told by the stack. */
	if (reg == REG_NONE || reg == REG_RSP)
		return NULL;
	uint64_t value = crash->regs.value[reg];
	TRY(provenance_trace(crash, reg, value, &origin));
	show_steps(findings, &origin);
	uint64_t holder = origin.found && origin.held ? origin.address : 0;
	if (holder && origin.whole)
		value = origin.value;
	if (holder)
		show_holder(kernel, findings, holder, &origin);
	show_looks(findings, value);
	if (value && crash->address >= PAGE_SIZE) {
		struct bit_flip flip;

		if (bit_flip_find(kernel, value, &origin, &flip)) {
			bit_flip_show(findings, &flip);
			if (flip.node && !holder) {
				holder = flip.node;
				show_holder(kernel, findings, holder, NULL);
			}
		}
	}
	return copies_show(kernel, findings, crash->task, holder, value);
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;

	if (!crash)
		return NULL;
	crash_pointers_show(crash, &analysis->locks, analysis->findings);
	return crash->exception && crash->fault ? explain_value(crash, analysis->findings) : NULL;
}

const struct analyzer pointer_analyzer = {
	.name = "pointer",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
