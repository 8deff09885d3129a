/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_WALK
#define TRIAGE_MEMORY_PROVENANCE_WALK

#include "crash/crash.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/flow.h"
#include "kernel/types/types.h"
#include "memory/provenance.h"

/*
 * What provenance.c and its parts share: the functions on the way back, one scope each, and what
 * their registers held.
 */
#define SCOPES_MAX 8

/* How a function was reached from the one before. */
enum link {
	LINK_UNKNOWN, /* not looked for yet */
	LINK_NONE,    /* no caller, or none whose code leads here */
	LINK_CALL,    /* its call leads here */
	LINK_POINTER, /* it calls through a pointer that is lost: here, or to what jumped here */
};

/* A function on the stack; also one that left it by a tail call, told by its caller's code. */
struct scope {
	size_t frame; /* in the trace; of a function that has left, its callee's */
	struct flow *flow;
	size_t at;	   /* the instruction that faulted, or the call or jump that went on */
	struct regs regs;  /* known before that instruction */
	uint64_t entry_sp; /* where the return address is, 0 unknown */
	enum link link;
	struct scope *caller;
	const char *why; /* LINK_NONE: what is in the way */
};

/* A place in the code, and the later places on the way to the scope's own. */
struct point {
	struct scope *scope;
	size_t index;
	const struct point *later; /* NULL: index is scope->at */
};

struct walk {
	const struct crash *crash;
	struct kernel *kernel;
	struct provenance *result;
	struct scope scopes[SCOPES_MAX];
	size_t scope_count;
	unsigned budget; /* look-ups left: code may be made to ask for very many */
	unsigned depth;	 /* of values that stand on others */
	unsigned steps;
};

#define WALK_BUDGET 4000
#define WALK_DEPTH 24

/* The function that crashed. ERR_* when its code cannot be read. */
struct err *scope_first(struct walk *walk, struct scope **ret);
/*
 * Where RIP itself led nowhere: the caller, at the call that went there. Nothing of the callee has
 * run, so all registers are still those of the call.
 */
struct err *scope_of_call(struct walk *walk, struct scope **ret);
/* The register a retpoline thunk jumps to; REG_NONE for other targets. */
enum reg thunk_register(struct walk *walk, uint64_t target);
/* The caller, looked up once; NULL with scope->why set. */
struct scope *scope_caller(struct walk *walk, struct scope *scope);
void scopes_close(struct walk *walk);

/* Code or registers give the value, or (reread) memory that may have changed since. */
struct known {
	uint64_t value;
	bool reread;
};

/* What a register held before the instruction at a point; false when that is lost. */
bool value_of_register(struct walk *walk, const struct point *point, enum reg reg,
		       struct known *ret);
/* The address a memory operand named there, per-CPU ones with the base of the crashed CPU. */
bool address_of_operand(struct walk *walk, const struct point *point, const struct operand *operand,
			struct known *ret);
/* What an operand held: register, immediate, or up to eight bytes of memory as they are now. */
bool value_of_operand(struct walk *walk, const struct point *point, const struct operand *operand,
		      struct known *ret);
/* What the instruction at a point left in a register. */
bool value_after(struct walk *walk, const struct point *point, enum reg reg, struct known *ret);

/* --- undoing (provenance_undo.c) -------------------------------------------------------------- */

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
enum undone undo(struct walk *walk, const struct point *point, enum reg reg, struct partial *bits,
		 struct operand *source, bool *exact);

/* --- types (provenance_type.c) ---------------------------------------------------------------- */

/* Where an access lands: offset bytes into a type. */
struct typed {
	struct type type; /* TYPE_NONE: unknown */
	int64_t offset;
	char path[96];	   /* of what held the pointer, where type itself is no struct */
	const char *doubt; /* why it is inferred; NULL when it is not */
};

/* The type that reg + offset points into, by parameters, members and variables. */
bool type_of_access(struct walk *walk, const struct point *point, const struct operand *operand,
		    struct type used_as, struct typed *ret);
/*
 * Type and member of a struct: "struct blk_mq_hw_ctx", "fq"; the member is empty before its start.
 * False where no struct is known, or none of its members lies there.
 */
bool typed_member(const struct typed *typed, char *type, size_t type_size, char *member,
		  size_t member_size);
/* In words, for a step: "struct blk_mq_hw_ctx.fq, at offset 672". False for nothing to say. */
bool typed_text(const struct typed *typed, char *buf, size_t size);
/* What a parameter of the scope's function points to: a struct or union, else TYPE_NONE. */
struct type scope_parameter(struct walk *walk, const struct scope *scope, enum reg reg);
/* 0 for RDI …; -1 for registers that pass nothing. */
int argument_index(enum reg reg);

/* --- following (provenance.c, provenance_branch.c) ---------------------------------------------- */

/* What is followed: where it is, what it is, how sure it is that the way is the right one. */
struct trail {
	struct walk *walk;
	struct scope *scope;
	struct flow_place place;
	size_t index; /* before this instruction of the scope */
	struct partial bits;
	bool certain;
	unsigned objects; /* 0: the bad value itself; then the object it was in, and so on */
	struct type used_as;
	uint64_t spilled; /* the stack slot it was last reloaded from, 0 none */
	struct point points[PROVENANCE_STEPS + 2];
	unsigned point_count;
};

void step(struct trail *trail, bool proven, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "blk_mq_exit_hctx+0x8d: mov 0x2a0(%rbx),%rdi", into buf. */
const char *where(const struct trail *trail, size_t at, char *buf, size_t size);
/* The known bits are those of value. */
bool same_bits(const struct trail *trail, uint64_t value);
/* Found where it is looked for, it is no chance: enough bits, and not one of the common values. */
bool is_telling(const struct partial *bits);
void set_result(struct trail *trail, uint64_t base, uint64_t address, bool held);
void name_member(struct trail *trail, const struct typed *typed);
/* Loaded from a CPU's list of free objects at base: which object's free pointer put it there. */
void tell_free_pointer(struct trail *trail, const struct typed *typed, uint64_t base);

enum way {
	WAY_END,    /* which way it came cannot be told: a step says so */
	WAY_HERE,   /* the instruction at *at put it there */
	WAY_CALLER, /* it is as the caller left it */
	WAY_LOOP,   /* a loop of loads led to it: followed to the end, in steps */
};

/*
 * The load at an instruction is one of a loop along a list: go through its rounds again until one
 * loads the value. False when it is none, or none does.
 */
bool replay_loop(struct trail *trail, size_t load);
/* Where what is in the trail's place comes from. */
enum way choose_way(struct trail *trail, size_t *at);

#endif
