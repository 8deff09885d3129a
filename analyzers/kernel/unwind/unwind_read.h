/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_READ
#define TRIAGE_KERNEL_UNWIND_UNWIND_READ

#include "kernel/unwind/unwind_state.h"

/* Reading from the stack at hand, or from another one that then becomes the one at hand. */

/* ERR_CORRUPT for an address on no stack, or bytes that reach over the end of one. */
struct err *unwind_read_stack(struct unwind_state *state, uint64_t address, void *buf,
			      size_t length);
struct err *unwind_read_word(struct unwind_state *state, uint64_t address, uint64_t *ret);
/* A pt_regs on a stack. */
struct err *unwind_read_regs(struct unwind_state *state, uint64_t address, struct regs *ret);
/*
 * A return address from its slot, the right one where a tracer has put its own there: the step's
 * RIP, return_slot and hooked. ERR_CORRUPT for one that is no code's.
 */
struct err *unwind_read_return(struct unwind_state *state, uint64_t slot, struct unwind_step *ret);

#endif
