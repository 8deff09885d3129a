/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_FREELIST_CULPRIT
#define TRIAGE_MEMORY_FREELIST_CULPRIT

#include "kernel/dump/regs.h"
#include "memory/memory_facts.h"

/*
 * Which object's free pointer led to broken->decoded. An object that regs, the crash's registers or
 * NULL, point to is preferred. False when neither the object nor what was written can be told.
 */
bool freelist_culprit_find(struct kernel *kernel, const struct regs *regs, const struct slab *slab,
			   const struct freelist_break *broken, struct culprit *ret);

#define FREELIST_CULPRIT_RUN_UP_MIN 24 /* bytes; fewer may be chance */
/* How many bytes like raw the object in front of this one ends with. */
uint64_t freelist_culprit_run_up(struct kernel *kernel, const struct slab *slab, uint64_t object,
				 uint64_t raw);

#endif
