/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE
#define TRIAGE_MEMORY_PROVENANCE

#include "crash/crash.h"
#include "kernel/dump/regs.h"
#include "memory/bad_value.h"

/*
 * Where a bad register value came from: backward through the code of the faulting function and its
 * callers, to the memory it was loaded from; then where the address of that memory came from.
 * Where several ways lead to an instruction, what memory and registers still hold tells which.
 *
 * value: what reg holds where the crash happened; REG_RIP when that is what led nowhere. ret is the
 * caller's to bad_value_deinit(). Code that cannot be read ends the steps; the last says so.
 */
void provenance_trace(const struct crash *crash, enum reg reg, uint64_t value,
		      struct bad_value *ret);

#endif
