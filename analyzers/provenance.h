/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_PROVENANCE_H
#define TRIAGE_PROVENANCE_H

#include "crash.h"
#include "json.h"

/*
 * Where a bad register value came from: backward through the code of the faulting function and its
 * callers, to the memory it was loaded from. Straight-line reasoning: a load that a jump may have
 * skipped is told from a certain one by what memory still holds.
 */
struct provenance {
	bool found;		/* the value was loaded from address */
	uint64_t address;
	uint64_t base;		/* of the object: address - offset */
	uint64_t offset;
	bool held;		/* memory at address still holds the value: proven */
	char type[96];		/* of the object, by the function's parameter: "struct blk_mq_hw_ctx" */
	char member[96];	/* "fq" */
	bool guessed;		/* which parameter it is was told by what fits, not by its place */
	json_t *steps;		/* memory.provenance of the verdict */
};

#define PROVENANCE_STEPS 24 /* instructions that pass the value on, over all frames */

/* value: what reg holds where the crash happened. Steps are the caller's to free. */
struct err *provenance_trace(const struct crash *crash, enum reg reg, uint64_t value,
			     struct provenance *ret);

#endif
