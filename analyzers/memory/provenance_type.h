/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_TYPE
#define TRIAGE_MEMORY_PROVENANCE_TYPE

#include "kernel/types/types.h"
#include "memory/provenance_value.h"

/* Where an access lands: offset bytes into a type. */
struct typed {
	struct type type; /* TYPE_NONE: unknown */
	int64_t offset;
	char path[96];	   /* of what held the pointer, where type is a pointer and not a struct */
	const char *doubt; /* why it is inferred; NULL when it is not */
};

/*
 * The type that a memory operand points into, by parameters, members and variables. used_as: what
 * the value at that place points to, as later code used it; or TYPE_NONE.
 */
bool provenance_type_of_access(struct walk *walk, const struct point *point,
			       const struct operand *operand, struct type used_as,
			       struct typed *ret);
/*
 * The member at that offset, "fq"; empty before the start of the type. False where no struct is
 * known, or none of its members lies there.
 */
bool provenance_typed_member(const struct typed *typed, char *member, size_t size);
/* In words, for a step: "struct blk_mq_hw_ctx.fq, at offset 672". False when nothing is known. */
bool provenance_typed_format(const struct typed *typed, char *buf, size_t size);
/* What a parameter of the scope's function points to: a struct or union, else TYPE_NONE. */
struct type provenance_parameter(struct walk *walk, const struct scope *scope, enum reg reg);
/* 0 for RDI …; -1 for registers that pass nothing. */
int provenance_argument_index(enum reg reg);

#endif
