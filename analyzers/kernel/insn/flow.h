/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_FLOW
#define TRIAGE_KERNEL_INSN_FLOW

#include "kernel/insn/insn.h"
#include "kernel/kernel.h"
#include "kernel/symbols/symbol.h"

/*
 * The code of one function as a graph: which instruction may run before which, and so where what
 * a register or a word of the stack holds at one place may have been put there. Jumps count, those
 * to the function's ".cold" part too; an indirect jump's targets stay unknown.
 */
struct flow {
	struct symbol symbol; /* of the function itself, also for an address in its cold part */
	struct insn *insns;   /* bytes that are no instruction are one named "(bad)" */
	size_t count;
	size_t cold;	     /* where the cold part begins in insns; count when there is none */
	bool frame_pointer;  /* RBP is one, frame_depth bytes below the return address */
	int64_t frame_depth; /* bytes */
	size_t hook;	     /* the call to a tracer at its start; SIZE_MAX when there is none */
	bool indirect;	     /* it has jumps whose targets are not known */
	bool whole;	     /* false: it goes on into code too far away or unreadable */
	/* Of flow.c: the jumps, beside insns, and the walk along them. */
	struct flow_node *nodes;
	uint32_t walk; /* number of the last one */
	uint32_t *work;
	size_t work_count;
};

#define FLOW_CODE_MAX 16384 /* bytes of either part; the longest functions have more */

/* The function that holds an address, an instruction's or not. ERR_NOT_FOUND when none does. */
struct err *flow_open(struct kernel *kernel, uint64_t address, struct flow **ret);
void flow_close(struct flow *flow);
DEFINE_CLEANUP(struct flow, flow_close)
/* Index of the instruction at an address, -1 when none begins there. */
ssize_t flow_index(const struct flow *flow, uint64_t address);
/* The one that ends at an address: a return address's call. */
ssize_t flow_index_before(const struct flow *flow, uint64_t address);

/* A register, or eight bytes of the stack. */
struct flow_place {
	enum reg reg; /* REG_NONE: the stack */
	int64_t slot; /* bytes from the place of the return address, below it negative */
};

#define FLOW_DEFINITIONS 8
struct flow_definitions {
	size_t at[FLOW_DEFINITIONS];
	unsigned count;
	bool entry; /* it may also hold what the caller left there */
	bool lost;  /* not all are known: an indirect jump may lead here, or there are too many */
};

/* The instructions that may have written what a place holds before the one at index runs. */
void flow_definitions(struct flow *flow, struct flow_place place, size_t index,
		      struct flow_definitions *ret);
/* True for exactly one definition: *at is its index, or *entry is set and it is the caller's. */
bool flow_only(const struct flow_definitions *definitions, size_t *at, bool *entry);
/*
 * Is the place left alone between the last run of the instruction at from and the one at to? What
 * the one at from writes itself does not count.
 */
bool flow_unchanged(struct flow *flow, struct flow_place place, size_t from, size_t to);
/* May the instruction run more than once? */
bool flow_in_loop(struct flow *flow, size_t index);
/* Does the instruction write the place? */
bool flow_defines(const struct flow *flow, size_t index, struct flow_place place);
/*
 * Bytes from the return address down to RSP before the instruction runs; false where that depends
 * on the way there.
 */
bool flow_depth(const struct flow *flow, size_t index, int64_t *ret);
/* The stack slot a memory operand names by RSP or the frame pointer; false for all others. */
bool flow_slot(const struct flow *flow, size_t index, const struct operand *operand, int64_t *ret);
/* The slot an instruction stores eight bytes to (mov, push), and from which operand. */
bool flow_store(const struct flow *flow, size_t index, int64_t *slot,
		const struct operand **source);

#endif
