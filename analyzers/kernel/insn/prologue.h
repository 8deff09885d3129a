/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_PROLOGUE
#define TRIAGE_KERNEL_INSN_PROLOGUE

#include "kernel/dump/regs.h"
#include "kernel/kernel.h"

/*
 * What a function does to the stack before its first jump or call, read from its code: the pushes
 * that save registers, the room it takes, whether it sets a frame pointer up.
 */
#define PROLOGUE_PUSHES 8

struct prologue {
	enum reg saved[PROLOGUE_PUSHES]; /* in order: the n-th lies 8 * (n + 1) below the return */
	unsigned pushes;
	uint64_t room;	    /* bytes taken after the pushes */
	bool frame_pointer; /* mov %rsp,%rbp */
	bool reached;	    /* the address asked for was reached before the code branches */
	uint64_t depth;	    /* bytes from the return address down to RSP there */
};

/*
 * Of the function at start, up to (not including) the instruction at stop; 0 for the prologue as a
 * whole. Errors are memory's.
 */
struct err *prologue_read(struct kernel *kernel, uint64_t start, uint64_t stop,
			  struct prologue *ret);
/* The stack slot a register was pushed to, from that of the return address; 0: it was not. */
uint64_t prologue_slot(const struct prologue *prologue, enum reg reg, uint64_t return_slot);

#endif
