/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_SCAN
#define TRIAGE_KERNEL_UNWIND_UNWIND_SCAN

#include "kernel/unwind/unwind_state.h"

/* Unwinding by searching the stack for return addresses: what may be one is taken for one. */

/* A word of a stack that is the address of code behind a call. */
struct unwind_hit {
	uint64_t slot; /* where it stands */
	uint64_t value;
	uint64_t target; /* what is called; 0 for a call through a pointer */
};

/* The first one on the stack from an address on. ERR_NOT_FOUND when there is none. */
struct err *unwind_scan_next(struct unwind_state *state, uint64_t address, struct unwind_hit *ret);
/* The step to a caller that returns there. */
void unwind_scan_take(const struct unwind_state *state, const struct unwind_hit *hit,
		      enum frame_source source, struct unwind_step *ret);
/* One step: to the next one. */
struct err *unwind_scan_step(struct unwind_state *state, struct unwind_step *ret);

#endif
