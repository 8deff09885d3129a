/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_INDEX
#define TRIAGE_CRASH_INDEX

#include "crash/crash.h"

/* Array and index of a fault whose address this operand made of an array that is there. */
void crash_index_take(struct crash *crash, const struct operand *operand);

#endif
