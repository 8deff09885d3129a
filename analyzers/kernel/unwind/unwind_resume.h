/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_RESUME
#define TRIAGE_KERNEL_UNWIND_UNWIND_RESUME

#include "kernel/unwind/unwind_state.h"

/*
 * The step to the place where the unwind can go on when the frame at hand has no data.
 * ERR_NOT_FOUND when there is none. The step's source is FOUND_RESUMED when the stack proves the
 * place to be the caller's, else FOUND_SCAN.
 */
struct err *unwind_resume(struct unwind_state *state, struct unwind_step *ret);

#endif
