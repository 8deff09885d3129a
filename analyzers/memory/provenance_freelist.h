/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_FREELIST
#define TRIAGE_MEMORY_PROVENANCE_FREELIST

#include "memory/provenance_trail.h"

/*
 * If the value was the head of a CPU's free list (its kmem_cache_cpu at base): say whose free
 * pointer it was.
 */
void provenance_tell_free_pointer(struct trail *trail, const struct typed *typed, uint64_t base);

#endif
