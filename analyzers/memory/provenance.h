/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE
#define TRIAGE_MEMORY_PROVENANCE

#include "crash/crash.h"
#include "json.h"
#include "kernel/dump/regs.h"

/*
 * Where a bad register value came from: backward through the code of the faulting function and its
 * callers, to the memory it was loaded from; then where the address of that memory came from.
 * Where several ways lead to an instruction, what memory and registers still hold tells which.
 */
struct provenance {
	bool found; /* the value was loaded from address */
	uint64_t address;
	uint64_t value; /* as loaded: what the code added to it since is taken off */
	bool whole;	/* all its bits are known */
	uint64_t base;	/* of the object: address - offset */
	uint64_t offset;
	bool held;	 /* memory at address still holds the value: proven */
	char type[96];	 /* of the object, "struct blk_mq_hw_ctx"; "" unknown */
	char member[96]; /* "fq"; "" before the start of type */
	bool guessed;	 /* type and member are inferred */
	json_t *steps;	 /* memory.provenance of the verdict */
};

#define PROVENANCE_STEPS 24 /* instructions that pass the value on, over all frames */

/*
 * value: what reg holds where the crash happened; REG_RIP when that is what led nowhere. Steps are
 * the caller's to free.
 */
struct err *provenance_trace(const struct crash *crash, enum reg reg, uint64_t value,
			     struct provenance *ret);

#endif
