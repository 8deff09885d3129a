/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_POINTER_USE
#define TRIAGE_MEMORY_POINTER_USE

#include "crash/crash.h"

/*
 * Does the function that faulted access memory by what a register holds? Its code tells: an operand with
 * this base, at a place that the value reaches from where the register got it, which is the only place.
 * What is left of a caller in a register is not used. False without an exception or its code.
 */
bool pointer_use_is(const struct crash *crash, enum reg reg);

#endif
