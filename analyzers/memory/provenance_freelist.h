/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_FREELIST
#define TRIAGE_MEMORY_PROVENANCE_FREELIST

#include "memory/provenance_trail.h"

/* Loaded from a CPU's list of free objects at base: which object's free pointer put it there. */
void provenance_tell_free_pointer(struct trail *trail, const struct typed *typed, uint64_t base);

#endif
