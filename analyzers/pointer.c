/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who owns the addresses an oops shows, where the bad one came from, what its bytes look
 *   like, and whether a flipped bit or an overrun explains it.
 * Needs: symbols, types, tasks, stacks.
 * False positives: the member's name is that of the function's parameter type, which a cast may
 *   have changed; a bit flip is a hypothesis, never a proof.
 * Kernel commits: see kernel/slab.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer.h"
#include "base/hash.h"
#include "base/str.h"
#include "copies.h"
#include "crash.h"
#include "describe.h"
#include "kernel/object.h"
#include "kernel/owner.h"
#include "provenance.h"
#include "value.h"

static void show_pointer(struct kernel *kernel, struct findings *findings, const char *where,
			 uint64_t value)
{
	struct owner owner;

	owner_find(kernel, value, &owner);
	finding_add(findings, FINDING_POINTER, SEVERITY_INFO, 1.0,
		    json_pack("{s:s, s:o, s:o}", "where", where, "value", json_address(value),
			      "owner", describe_owner(&owner)),
		    NULL);
}

/* Registers that point somewhere in the kernel, and the address that faulted. */
static void show_pointers(const struct crash *crash, struct findings *findings)
{
	struct kernel *kernel = crash->kernel;

	if (crash->fault)
		show_pointer(kernel, findings, "fault address", crash->address);
	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
		if (regs_known(&crash->regs, reg) &&
		    memory_is_kernel(kernel->memory, crash->regs.value[reg]) &&
		    crash->regs.value[reg] < -4096ull)
			show_pointer(kernel, findings, reg_name(reg), crash->regs.value[reg]);
}

static void hypothesis(struct findings *findings, const char *kind, double confidence,
		       const char *text)
{
	finding_add(findings, FINDING_HYPOTHESIS, SEVERITY_NOTICE, confidence,
		    json_pack("{s:s, s:o, s:f}", "kind", kind, "text", json_text0(text), "confidence",
			      confidence),
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
			const struct provenance *origin)
{
	struct owner owner;
	char text[256];

	owner_find(kernel, address, &owner);
	owner_text(&owner, text, sizeof(text));
	json_t *json = json_pack("{s:o, s:o}", "address", json_address(address), "owner",
				 describe_owner(&owner));
	if (origin && origin->member[0]) {
		json_put(json, "type", json_text0(origin->type));
		json_put(json, "member", json_text0(origin->member));
	}
	if (origin)
		json_put(json, "offset", json_integer((json_int_t)origin->offset));
	finding_add(findings, FINDING_HOLDER, SEVERITY_NOTICE, origin && origin->held ? 1.0 : 0.7, json,
		    "the bad value stands at 0x%016" PRIx64 "%s%s%s%s: %s", address,
		    origin && origin->member[0] ? ", " : "", origin ? origin->type : "",
		    origin && origin->member[0] ? "." : "", origin ? origin->member : "", text);
}

#define OVERRUN_WORDS 8 /* of the neighbour's end and of this object's start */

/*
 * The same bytes run from the end of the object before into this one: an overrun. One equal word
 * may be chance or a common default; the run has to cross the border and be longer.
 */
static void look_for_overrun(struct kernel *kernel, struct findings *findings, uint64_t address,
			     uint64_t value)
{
	struct slab_object object;
	unsigned before = 0, after = 0;
	uint64_t word;

	if (!err_ok(slab_find(kernel, address, &object)) || !object.index || !value)
		return;
	uint64_t end = object.start - object.slab.cache->red_left_pad;
	while (before < OVERRUN_WORDS &&
	       err_ok(memory_read_u64(kernel->memory, end - 8 * (before + 1), &word)) &&
	       word == value)
		before++;
	while (after < OVERRUN_WORDS &&
	       err_ok(memory_read_u64(kernel->memory, object.start + 8 * after, &word)) &&
	       word == value)
		after++;
	if (!before || !after || before + after < 3)
		return;
	finding_add(findings, FINDING_OVERRUN, SEVERITY_CRITICAL, before + after >= 6 ? 0.9 : 0.7,
		    json_pack("{s:o, s:o, s:s, s:o, s:i, s:i, s:s}", "object",
			      json_address(object.start), "overrun_from",
			      json_address(slab_object_start(&object.slab, object.index - 1)), "cache",
			      object.slab.cache->name, "value", json_address(value), "words_before",
			      (int)before, "words_in", (int)after, "evidence", EVIDENCE_INFERRED),
		    "the %s object before it was overrun: the same bytes run from its end into this "
		    "object",
		    object.slab.cache->name);
}

/* --- flipped bits ----------------------------------------------------------------------------- */

/*
 * A value with one bit put back that points to the start of a live object. In a list, that object
 * points back to the node that holds the bad value: then chance has little room.
 */
struct flip {
	uint64_t restored, holder;
	unsigned bit;
	double confidence;
	struct slab_object object;
	size_t candidates;
};

static void try_bit(struct kernel *kernel, uint64_t value, unsigned bit, struct flip *flip)
{
	uint64_t restored = value ^ 1ull << bit, back, held;
	struct slab_object object;

	if (restored % 8 || memory_class(kernel->memory, restored) != VA_DIRECT_MAP ||
	    !err_ok(slab_find(kernel, restored, &object)) || object.state != OBJECT_ALLOCATED ||
	    object.offset < 0)
		return;
	flip->candidates++;
	bool linked = err_ok(memory_read_u64(kernel->memory, restored + 8, &back)) &&
		      memory_is_kernel(kernel->memory, back) &&
		      err_ok(memory_read_u64(kernel->memory, back, &held)) && held == value;
	double confidence = linked ? 0.95 : object.offset == 0 ? 0.5 : 0.3;
	if (confidence <= flip->confidence)
		return;
	*flip = (struct flip){restored, linked ? back : 0, bit, confidence, object,
			      flip->candidates};
}

static void look_for_flip(struct kernel *kernel, struct findings *findings, uint64_t value,
			  bool holder_known)
{
	struct flip flip = {0};
	char text[320];

	for (unsigned bit = 0; bit < 64; bit++)
		try_bit(kernel, value, bit, &flip);
	if (!flip.candidates)
		return;
	/* Several equally good bits explain nothing. */
	double confidence = flip.holder ? flip.confidence
					: flip.confidence / (double)flip.candidates;
	snprintf(text, sizeof(text),
		 "bit %u flipped: 0x%016" PRIx64 " would be a live %s object%s", flip.bit,
		 flip.restored, flip.object.slab.cache->name,
		 flip.holder ? ", whose list links lead back to the bad value" : "");
	finding_add(findings, FINDING_HYPOTHESIS, SEVERITY_WARNING, confidence,
		    json_pack("{s:s, s:s, s:f, s:o, s:i}", "kind", "bit_flip", "text", text,
			      "confidence", confidence, "restored", json_address(flip.restored),
			      "bit", (int)flip.bit),
		    "%s", text);
	if (flip.holder && !holder_known)
		show_holder(kernel, findings, flip.holder, NULL);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The register the faulting address is based on. */
static enum reg base_register(const struct crash *crash)
{
	const struct insn *insn = crash->code_count ? &crash->code[crash->code_at] : NULL;

	for (unsigned i = 0; insn && i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];
		uint64_t effective;

		if (operand->kind == OPERAND_MEMORY && operand->base < REG_RIP &&
		    regs_known(&crash->regs, operand->base) &&
		    operand_address(operand, insn, &crash->regs, &effective) &&
		    crash->address - effective < 64)
			return operand->base;
	}
	return REG_NONE;
}

static struct err *explain_value(const struct crash *crash, struct findings *findings)
{
	enum reg reg = base_register(crash);
	struct kernel *kernel = crash->kernel;
	struct provenance origin;
	size_t i;
	json_t *one;

	if (reg == REG_NONE)
		return NULL;
	uint64_t value = crash->regs.value[reg];
	TRY(provenance_trace(crash, reg, value, &origin));
	_json_ json_t *steps = origin.steps;
	json_array_foreach(steps, i, one)
		finding_add(findings, FINDING_PROVENANCE, SEVERITY_INFO, 1.0, json_incref(one), NULL);
	bool held = origin.found && origin.held;
	if (held) {
		show_holder(kernel, findings, origin.address, &origin);
		copies_show(kernel, findings, crash->task, origin.address, value);
	}
	show_looks(findings, value);
	if (value && crash->address >= PAGE_SIZE) {
		if (held)
			look_for_overrun(kernel, findings, origin.address, value);
		look_for_flip(kernel, findings, value, held);
	}
	return NULL;
}

static struct err *run(struct kernel *kernel, struct findings *findings)
{
	struct crash crash = {.kernel = kernel, .cpu = -1, .error_code = UINT64_MAX};
	struct err *err = crash_locate(&crash);

	if (!err && crash.exception) {
		crash_classify(&crash);
		crash_explain_fault(&crash);
		show_pointers(&crash, findings);
		if (crash.fault)
			err = explain_value(&crash, findings);
	}
	trace_deinit(&crash.trace);
	return err;
}

const struct analyzer pointer_analyzer = {
	.name = "pointer",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
