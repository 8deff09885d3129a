/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_UNWIND_GUARD
#define TRIAGE_KERNEL_UNWIND_UNWIND_GUARD

#include "kernel/unwind/unwind_state.h"

/*
 * A page fault in the guard page of a stack is reported on another stack, which nothing leads back from
 * (handle_stack_overflow(), arch/x86). The step from there to what faulted, by the address of its registers, which the
 * function was given and those it called have saved. False in other functions, and where no such address is found.
 */
bool unwind_guard_step(struct unwind_state *state, struct unwind_step *ret);

#endif
