/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_ORC
#define TRIAGE_KERNEL_UNWIND_UNWIND_ORC

#include "kernel/unwind/unwind_state.h"

/* Unwinding by the kernel's ORC tables. */
struct orc;
/* ERR_NOT_FOUND when the kernel has no tables, ERR_UNSUPPORTED when it has others than we know. */
struct err *unwind_orc_open(struct kernel *kernel, struct orc **ret);
void unwind_orc_close(struct orc *orc);
/* One step. ERR_NOT_FOUND where the tables have no data, ERR_CORRUPT where that is no use. */
struct err *unwind_orc_step(struct orc *orc, struct unwind_state *state, struct unwind_step *ret);

#endif
