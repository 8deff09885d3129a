/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_RETURN
#define TRIAGE_KERNEL_UNWIND_UNWIND_RETURN

#include "kernel/unwind/unwind_state.h"

/*
 * Tracers that want to know when a function returns put their own code's address into its return
 * slot. These find out which return address it was that stood there.
 */

/* The addresses of that code; 0 for what this kernel does not have. */
void unwind_return_find_hooks(struct kernel *kernel, uint64_t hooks[RETURN_HOOKS]);
bool unwind_return_is_hook(const struct unwinder *unwinder, uint64_t address);
/* The return address a tracer took out of a slot, if one has it noted. */
bool unwind_return_real(const struct unwind_state *state, uint64_t slot, uint64_t *address);

#endif
