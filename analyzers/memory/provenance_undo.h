/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_UNDO
#define TRIAGE_MEMORY_PROVENANCE_UNDO

#include "memory/provenance_value.h"

/* A value of which only the bits in mask are known. */
struct partial {
	uint64_t value, mask;
};

enum undone {
	UNDONE,		 /* before it, source held *bits */
	UNDONE_LOAD,	 /* it was loaded from the memory operand source */
	UNDONE_CONSTANT, /* it was made here */
	UNDONE_NOT,	 /* what went in is lost */
};

/*
 * Which operand of the instruction at a point the value in reg came from, and what that held, to
 * give the bits after it. *exact is cleared where memory that may have changed had to be read.
 */
enum undone provenance_undo(struct walk *walk, const struct point *point, enum reg reg,
			    struct partial *bits, struct operand *source, bool *exact);

#endif
