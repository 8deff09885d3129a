/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_FREELIST_CORRUPTION
#define TRIAGE_MEMORY_FREELIST_CORRUPTION

#include "finding.h"
#include "kernel/mm/slab.h"

/* Which object's free pointer was overwritten, and with what, for a free list that breaks. */
struct culprit {
	uint64_t object;     /* 0: cannot be told */
	uint64_t raw;	     /* what stood in its free pointer; valid with object */
	bool computed;	     /* not read from the object: the hardening undone for each in turn */
	double confidence;   /* that it is this object */
	double chance;	     /* that trying each object would make such bytes of any pointer */
	unsigned candidates; /* objects that it may have been */
	uint64_t common; /* without object: what candidates share, '?' where they differ; or 0 */
};

/*
 * registers: of the crash, may be NULL: an object at hand there is the likelier one. Returns false
 * when nothing is known of the object nor of what was written.
 */
bool freelist_culprit(struct kernel *kernel, const json_t *registers, const struct slab *slab,
		      const struct freelist_break *broken, struct culprit *ret);
/*
 * memory.freelist and what follows from it: the look of what was written, the object that holds
 * it, the one in front. list: which list broke ("slab", "cpu"; "fault": the address that faulted).
 * near: the crash touches this slab.
 */
void freelist_damage_show(struct kernel *kernel, struct findings *findings, const struct slab *slab,
			  const struct freelist_break *broken, const struct culprit *culprit,
			  const char *list, bool near);

#endif
