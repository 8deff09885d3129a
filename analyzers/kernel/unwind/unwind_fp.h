/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_FP
#define TRIAGE_KERNEL_UNWIND_UNWIND_FP

#include "kernel/unwind/unwind_state.h"

/* Unwinding by frame pointers. */

/* Whether the kernel's functions keep frame pointers, by how well-known ones begin. */
struct err *unwind_fp_usable(struct kernel *kernel, bool *ret);
/* One step, through a frame or through what entry code saved. ERR_CORRUPT where RBP is no frame. */
struct err *unwind_fp_step(struct unwind_state *state, struct unwind_step *ret);
/* One frame of code that keeps RBP, whatever the kernel does: BPF's. */
struct err *unwind_fp_step_plain(struct unwind_state *state, struct unwind_step *ret);

#endif
