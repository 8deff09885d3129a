/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_REFUSED
#define TRIAGE_CRASH_CRASH_REFUSED

#include "crash/crash.h"

/* Does the instruction refuse the address, good as it is, because it is no multiple of the operand's size? */
bool crash_refused_address(const struct insn *insn, const struct operand *operand,
			   uint64_t address);
/* What a division that trapped divided by; false when it is no division, or a register is not known. */
bool crash_divisor(const struct crash *crash, uint64_t *ret);

#endif
