/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_LOCK_TYPE
#define TRIAGE_KERNEL_TYPES_LOCK_TYPE

#include "kernel/types/type.h"

/* Is it a struct that is a lock, or what tasks wait on as on one? By its name or its first member. */
bool lock_type_is(struct type type);

#endif
