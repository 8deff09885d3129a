/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_UNDO
#define TRIAGE_MEMORY_PROVENANCE_UNDO

#include "memory/provenance_value.h"

/* A value of which only the bits in mask are known. */
struct partial {
	uint64_t value, mask;
};

enum undone {
	UNDONE,		 /* it came from a register */
	UNDONE_LOAD,	 /* it was loaded from the memory operand source */
	UNDONE_CONSTANT, /* it was made here */
	UNDONE_NOT,	 /* what went in is lost */
};

/*
 * Undo the instruction at a point. *bits goes in as what reg held after it, and comes out as what
 * *source, the operand the value came from, held before it. *exact is cleared if that took reading
 * memory that may have changed since.
 */
enum undone provenance_undo(struct walk *walk, const struct point *point, enum reg reg,
			    struct partial *bits, struct operand *source, bool *exact);

#endif
