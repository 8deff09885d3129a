/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_PROFILE_ASKS
#define TRIAGE_KERNEL_TYPES_PROFILE_ASKS

#include <stdbool.h>
#include <stdint.h>

/* Whether profiles hold a type of this name: those that are whole then tell all that is asked of it. */
bool profile_asks(const char *name);
/* Stands for all that profiles hold: another number, other contents. */
uint64_t profile_asks_hash(void);

#endif
