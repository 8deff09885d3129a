/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE
#define TRIAGE_MEMORY_PROVENANCE

#include "crash/crash.h"
#include "kernel/dump/regs.h"
#include "memory/bad_value.h"

/*
 * Where a bad register value came from: backward through the code of the faulting function and its
 * callers, to the memory it was loaded from; then where the address of that memory came from.
 * Where several paths of the code lead to an instruction, what memory and registers still hold
 * tells which was taken.
 *
 * value: what reg held when the crash happened. reg is REG_RIP for a call or jump that led nowhere.
 * ret is the caller's to bad_value_deinit(). Code that cannot be read ends the steps, and the last
 * of them says so.
 */
void provenance_trace(const struct crash *crash, enum reg reg, uint64_t value,
		      struct bad_value *ret);

/*
 * Where the pointer led through which the function that crashed was called, as far as code, registers
 * and memory still tell; false when it was called by name, or that is lost.
 */
bool provenance_pointer_called(const struct crash *crash, uint64_t *ret);

#endif
