/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_CODE_USE
#define TRIAGE_KERNEL_PROBE_CODE_USE

#include "base/error.h"
#include "kernel/probe/code_origin.h"

struct kernel;

/* What a function does with a member of a struct. */
enum code_use {
	USE_LOAD,     /* reads it */
	USE_STORE,    /* writes it */
	USE_KEEP,     /* puts what a function that it calls has returned into it, eight bytes */
	USE_PASS,     /* gives its address to a function that it calls */
	USE_PASS_TO,  /* gives what it holds, eight bytes, to a function that it calls */
	USE_SUBTRACT, /* takes it from what a function that it calls has returned */
};

struct code_rule {
	/* The struct: what the source gives, or what a pointer at via in that leads to. */
	enum code_source source;
	unsigned argument;  /* of FROM_ARGUMENT */
	const char *symbol; /* the function of FROM_RESULT, the variable of others; else NULL */
	bool loaded;
	int64_t via;
	/* The member. */
	enum code_use use;
	unsigned number;    /* its bytes; of USE_PASS… the callee's argument, the first is 1 */
	const char *callee; /* of USE_PASS…, USE_KEEP and USE_SUBTRACT */
};

/*
 * Where in the struct a function has what it uses so, in bytes. Not found where there is no such use or
 * another place is used so, too, where jumps are not known, or the code cannot be read.
 */
struct err *code_find(struct kernel *kernel, struct flow *flow, const struct code_rule *rule,
		      bool *found, uint64_t *offset);
/* The same by the function's name. */
struct err *code_find_in(struct kernel *kernel, const char *function, const struct code_rule *rule,
			 bool *found, uint64_t *offset);
/*
 * The only list_head in the struct of its first argument that a function initialises: both pointers
 * are the place's own address.
 */
struct err *code_list_head(struct kernel *kernel, const char *function, bool *found,
			   uint64_t *offset);

#endif
