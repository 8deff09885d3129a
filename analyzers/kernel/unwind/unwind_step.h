/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_STEP
#define TRIAGE_KERNEL_UNWIND_UNWIND_STEP

#include "kernel/unwind/unwind_state.h"

/* One step by the best way, without searching. An error when that cannot be taken. */
struct err *unwind_step_direct(struct unwind_state *state, struct unwind_step *ret);
/* Take the step: ERR_LOOP when the stack does not advance. */
struct err *unwind_step_apply(struct unwind_state *state, const struct unwind_step *step);
/*
 * How many frames direct steps reach from here, and whether they come to an end. Leaves state
 * alone. The only error is ERR_NOMEM.
 */
struct err *unwind_step_reach(const struct unwind_state *state, unsigned *frames, bool *ends);

#endif
