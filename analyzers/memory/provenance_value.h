/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_VALUE
#define TRIAGE_MEMORY_PROVENANCE_VALUE

#include "kernel/insn/disasm.h"
#include "memory/provenance_scope.h"

/*
 * What registers and operands held at some place before the crash. Callers are found here too:
 * where a call through a pointer went is told by what the pointer held, and what a register held on
 * entry is told by the caller.
 */

/* A place in the code, and the later places that the value went through up to the scope's own. */
struct point {
	struct scope *scope;
	size_t index;
	const struct point *later; /* NULL: index is scope->at */
};

/* A value from code or registers; reread: from memory, which may have changed since. */
struct known {
	uint64_t value;
	bool reread;
};

/* The caller, looked up once; NULL with scope->why set. */
struct scope *provenance_caller(struct walk *walk, struct scope *scope);
/* Where the caller's call goes; false when it is through a pointer that is lost. */
bool provenance_call_target(struct walk *walk, struct scope *caller, uint64_t *ret);
/* What a register held before the instruction at a point; false when that is lost. */
bool provenance_register_value(struct walk *walk, const struct point *point, enum reg reg,
			       struct known *ret);
/* The address a memory operand named there, per-CPU ones with the base of the crashed CPU. */
bool provenance_operand_address(struct walk *walk, const struct point *point,
				const struct operand *operand, struct known *ret);
/* Whether the code runs straight on from the point to the scope's own place, and nothing writes reg on the way. */
bool provenance_straight(const struct point *point, enum reg reg);
/* What an operand held: register, immediate, or up to eight bytes of memory as they are now. */
bool provenance_operand_value(struct walk *walk, const struct point *point,
			      const struct operand *operand, struct known *ret);
/* What the instruction at a point left in a register. */
bool provenance_value_after(struct walk *walk, const struct point *point, enum reg reg,
			    struct known *ret);

#endif
