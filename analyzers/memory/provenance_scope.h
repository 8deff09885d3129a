/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_SCOPE
#define TRIAGE_MEMORY_PROVENANCE_SCOPE

#include "crash/crash.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/flow.h"

/*
 * The functions a value is followed back through, one scope each, from the one that crashed
 * outwards.
 */
#define SCOPES_MAX 8

/* How a function was reached from the one before. */
enum link {
	LINK_UNKNOWN, /* not looked for yet */
	LINK_NONE,    /* no caller, or none whose code leads here */
	LINK_CALL,    /* its call leads here */
	LINK_POINTER, /* it calls here, or what jumped here, through a pointer that is lost */
};

/* A function on the stack, or one that left it by a tail call and is told by its caller's code. */
struct scope {
	size_t frame; /* in the trace; of a function that left it, of the one it jumped to */
	struct flow *flow;
	size_t at;	   /* index of the instruction that faulted, called or jumped */
	struct regs regs;  /* known before that instruction */
	uint64_t entry_sp; /* where the return address is, 0 unknown */
	enum link link;
	struct scope *caller;
	const char *why; /* LINK_NONE: what is in the way */
};

struct walk {
	const struct crash *crash;
	struct kernel *kernel;
	struct scope scopes[SCOPES_MAX];
	size_t scope_count;
	unsigned budget; /* look-ups left: hostile code could ask for very many */
	unsigned depth;	 /* of look-ups within look-ups */
};

#define WALK_BUDGET 4000
#define WALK_DEPTH 24

/* The function that crashed. ERR_* when its code cannot be read. */
struct err *provenance_scope_first(struct walk *walk, struct scope **ret);
/*
 * Where a call or jump led nowhere: the function that made it, at that instruction. It is the one at
 * RIP, or nothing of the callee has run: all registers are still those of the call. A function that
 * was called and ends in a jump through a pointer is the one that jumped.
 */
struct err *provenance_scope_of_call(struct walk *walk, struct scope **ret);
/*
 * Add the function of a frame, at its call. regs: what is known of the registers there. NULL when
 * its code cannot be read. scope_count must be below SCOPES_MAX.
 */
struct scope *provenance_add_frame(struct walk *walk, size_t frame, const struct regs *regs);
/*
 * Add a function that was called at target and then jumped to the callee; NULL when its code shows
 * no one way. scope_count must be below SCOPES_MAX.
 */
struct scope *provenance_add_tail_caller(struct walk *walk, struct scope *callee, uint64_t target);
/* A call or jump to target enters the callee. */
bool provenance_leads_to(struct walk *walk, uint64_t target, const struct scope *callee);
/* The registers a function must leave as they were, as far as they are still there or saved. */
struct regs provenance_regs_at_entry(struct walk *walk, struct scope *scope);
/* Why the caller of a frame cannot be looked at; NULL when nothing is in the way. */
const char *provenance_scope_obstacle(const struct trace *trace, size_t frame);
/* A jump out of the function through a pointer, a thunk's included. */
bool provenance_jumps_by_pointer(struct walk *walk, const struct insn *insn);
/* The register a retpoline thunk jumps to; REG_NONE for other targets. */
enum reg provenance_thunk_register(struct walk *walk, uint64_t target);
void provenance_scopes_close(struct walk *walk);

static inline struct flow_place provenance_in_register(enum reg reg)
{
	return (struct flow_place){.reg = reg};
}

#endif
