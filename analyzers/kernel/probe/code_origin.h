/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_CODE_ORIGIN
#define TRIAGE_KERNEL_PROBE_CODE_ORIGIN

#include <stddef.h>

#include "kernel/insn/flow.h"

/* Where a function has an address from. */
enum code_source {
	FROM_ARGUMENT, /* its argument of a number, the first is 1 */
	FROM_CURRENT,  /* the CPU's current task */
	FROM_RESULT,   /* what a function it called returned */
	FROM_VARIABLE, /* the address of a variable of the kernel */
	FROM_POINTER,  /* what a variable of the kernel holds */
};

struct code_origin {
	enum code_source source;
	unsigned argument;
	uint64_t symbol; /* the function's or variable's address; else 0 */
	bool loaded;	 /* by way of a pointer at via in what the source points to */
	int64_t via;
	int64_t offset; /* bytes behind what that points to */
};

#define CODE_ARGUMENTS 6u
/* The register of an argument, the first is 1: AMD64 psABI 3.2.3. */
enum reg code_argument(unsigned number);

/* Where a register's value is from before the instruction at index runs; false where that is not one place. */
bool code_origin(struct kernel *kernel, struct flow *flow, enum reg reg, size_t index,
		 struct code_origin *ret);
/* The same of the address that a memory operand of the instruction names. */
bool code_operand_origin(struct kernel *kernel, struct flow *flow, const struct operand *operand,
			 size_t index, struct code_origin *ret);

#endif
