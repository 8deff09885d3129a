/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How likely a line is the next one of a report: by the order of its lines, and by what they repeat. */
#include "log/report_progress.h"

#include <string.h>

#define SAME 3.0f  /* an address that two lines repeat */
#define NEAR 1.5f  /* a number that may be the same by chance */
#define OTHER 6.0f /* and one that is not the same */
#define STACK_BITS 14
#define STACK_BYTES (1u << STACK_BITS)

/* --- taking ----------------------------------------------------------------------------------- */

void report_progress_begin(struct report_progress *progress, const struct report *report)
{
	enum report_kind kind = report->kind;

	*progress = (struct report_progress){
		.last = SLOT_HEAD,
		.seen = 1ull << SLOT_HEAD,
		.kind = kind,
		.cpu = report->cpu,
		.pid = report->pid,
		.has_address = report->has_address &&
			       (kind == REPORT_NULL_DEREFERENCE || kind == REPORT_PAGE_FAULT),
		.address = report->address,
	};
	size_t length = strlen(report->message);

	while (length && report->message[length - 1] == ' ')
		length--;
	progress->wants_place = length > 4 && !memcmp(report->message + length - 4, "RIP:", 4);
	/* "invalid opcode: 0000 [1] SMP" is its own "Oops:". */
	if (report_kind_outcome(kind) == OUTCOME_OOPS && kind != REPORT_BUG &&
	    kind != REPORT_NULL_DEREFERENCE && kind != REPORT_PAGE_FAULT)
		progress->seen |= 1ull << SLOT_OOPS;
	if (kind == REPORT_BUG || kind == REPORT_WARN || kind == REPORT_INVALID_OPCODE ||
	    kind == REPORT_REFCOUNT)
		progress->code = CODE_OF_BUG;
	else if (report_kind_outcome(kind) == OUTCOME_OOPS)
		progress->code = CODE_OTHER;
}

void report_progress_refine(struct report_progress *progress, enum report_kind kind)
{
	if (kind == REPORT_BUG || kind == REPORT_WARN)
		progress->code = CODE_OF_BUG;
	else
		progress->seen |= 1ull << SLOT_OOPS;
}

static bool is_register(enum report_slot slot)
{
	return report_slot_registers() >> slot & 1;
}

void report_progress_take(struct report_progress *progress, enum report_slot slot,
			  const struct report_hints *hints)
{
	bool nested = slot == SLOT_RIP && progress->last == SLOT_FRAME;

	if (slot == SLOT_FRAME && progress->wants_place)
		slot = SLOT_IP;
	progress->wants_place = false;
	/* Of what was interrupted, or of the crash once more. */
	if (nested || slot == SLOT_END)
		progress->seen &= ~report_slot_registers();
	progress->is_worker |= hints->is_worker;
	progress->ended |= slot == SLOT_END;
	progress->seen |= 1ull << slot;
	progress->last = slot;
	if (progress->cpu < 0)
		progress->cpu = hints->cpu;
	if (progress->pid < 0)
		progress->pid = hints->pid;
	if (!progress->place && slot != SLOT_FRAME)
		progress->place = hints->place;
	if (!progress->sp)
		progress->sp = hints->sp;
	if (!progress->stack)
		progress->stack = hints->stack;
	if (!progress->style)
		progress->style = hints->style;
}

/* --- costs ------------------------------------------------------------------------------------ */

static float cost_of_order(const struct report_progress *progress, enum report_slot slot)
{
	bool seen = progress->seen >> slot & 1;

	if (progress->wants_place)
		return slot == SLOT_FRAME ? -NEAR : PROGRESS_SKIPPED;
	if (progress->ended && slot != SLOT_NOTE && !is_register(slot))
		return PROGRESS_REPEATED;
	if (slot == SLOT_RIP && progress->last == SLOT_FRAME)
		return seen ? PROGRESS_SKIPPED : 0;
	if (seen && report_slot_is_once(slot))
		return PROGRESS_REPEATED;
	return report_slot_follows(slot, progress->last) ? 0 : PROGRESS_SKIPPED;
}

/* Of two numbers that are the same when both are of one report. */
static float cost_of_same(bool known, bool same, float weight)
{
	return !known ? 0 : same ? -weight : OTHER;
}

static bool is_near(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) < STACK_BYTES;
}

static float cost_of_stack(const struct report_progress *progress, enum report_slot slot,
			   const struct report_hints *hints)
{
	uint64_t sp = hints->sp ? hints->sp : progress->sp;
	uint64_t stack = hints->stack ? hints->stack : progress->stack;
	float cost = 0;

	if (slot == SLOT_RSP_AGAIN)
		cost += cost_of_same(progress->sp, progress->sp == hints->sp, SAME);
	if ((hints->sp || hints->stack) && sp && stack)
		cost += sp >> STACK_BITS == stack >> STACK_BITS ? -SAME : NEAR;
	if (hints->frame && progress->sp && is_near(hints->frame, progress->sp))
		cost -= NEAR;
	return cost;
}

static float cost_of_code(const struct report_progress *progress, enum report_slot slot,
			  const struct report_hints *hints)
{
	if ((!hints->has_code && slot != SLOT_OOPS) || progress->code == CODE_UNKNOWN)
		return 0;
	return hints->is_bug == (progress->code == CODE_OF_BUG) ? -NEAR : OTHER;
}

float report_progress_cost(const struct report_progress *progress, enum report_slot slot,
			   const struct report_hints *hints)
{
	bool nested = slot == SLOT_RIP && progress->last == SLOT_FRAME;
	float cost = cost_of_order(progress, slot);

	cost += cost_of_same(progress->cpu >= 0 && hints->cpu >= 0, progress->cpu == hints->cpu,
			     NEAR);
	cost += cost_of_same(progress->pid >= 0 && hints->pid >= 0, progress->pid == hints->pid,
			     NEAR);
	cost += cost_of_same(progress->place && hints->place && !nested,
			     progress->place == hints->place, SAME);
	cost += cost_of_same(progress->has_address && hints->has_address,
			     progress->address == hints->address, SAME);
	if (progress->style && hints->style && progress->style != hints->style)
		cost += OTHER;
	if (slot == SLOT_WORK && !progress->is_worker && progress->seen >> SLOT_HEADER & 1)
		cost += OTHER;
	return cost + cost_of_stack(progress, slot, hints) + cost_of_code(progress, slot, hints);
}

uint64_t report_progress_hash(const struct report_progress *progress)
{
	const uint64_t words[] = {
		progress->seen,
		(uint64_t)progress->last << 32 | (uint64_t)progress->ended << 8 |
			(uint64_t)progress->code << 4 | progress->style |
			(uint64_t)progress->is_worker << 16 | (uint64_t)progress->wants_place << 17,
		(uint64_t)(uint32_t)progress->cpu << 32 | (uint32_t)progress->pid,
		progress->place,
		progress->sp,
		progress->stack,
	};
	uint64_t hash = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		hash = (hash ^ words[i] ^ hash >> 29) * 0x9e3779b97f4a7c15u;
	return hash;
}
