/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bad pointer at the head of a CPU's free list got there by an earlier allocation, which took it
 * from the free pointer of the object it handed out: find that object.
 */
#include "memory/provenance_freelist.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/mm/slab_page.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "memory/freelist_culprit.h"

/* The slab a CPU takes objects from. */
static struct err *slab_of_cpu(struct kernel *kernel, uint64_t cpu_slab, struct slab *ret)
{
	uint64_t slab;

	TRY(member_read(kernel, cpu_slab, MEMBER_CPU_SLAB_SLAB, &slab));
	return slab_page_read_at(kernel, slab, ret);
}

static bool find_culprit(struct trail *trail, uint64_t cpu_slab, struct slab *slab,
			 struct culprit *culprit)
{
	struct kernel *kernel = trail->walk->kernel;
	struct freelist_break broken = {.decoded = trail->bits.value, .why = BREAK_OUTSIDE};
	const struct regs *regs = &trail->walk->crash->regs;

	return trail->bits.mask == UINT64_MAX && err_ok(slab_of_cpu(kernel, cpu_slab, slab)) &&
	       freelist_culprit_find(kernel, regs, slab, &broken, culprit) && culprit->object &&
	       culprit->raw != trail->bits.value;
}

void provenance_tell_free_pointer(struct trail *trail, const struct typed *typed, uint64_t base)
{
	const struct member *freelist =
		members_get(trail->walk->kernel->members, MEMBER_CPU_SLAB_FREELIST);
	const char *name = type_name(typed->type);
	struct culprit culprit;
	struct slab slab;

	if (trail->objects || !freelist || !name || strcmp(name, "kmem_cache_cpu") ||
	    typed->offset != (int64_t)member_offset(freelist))
		return;
	/* The head of the list is not where it came from. */
	bad_value_forget(trail->result);
	if (!find_culprit(trail, base, &slab, &culprit))
		return;
	uint64_t at = culprit.object + slab.cache->offset;
	provenance_step(trail, !culprit.computed,
			"taken before from the free pointer of %s object 0x%016" PRIx64
			": 0x%016" PRIx64 " at 0x%016" PRIx64
			"%s, with the cache's random number and its own address xored out",
			slab.cache->name, culprit.object, culprit.raw, at,
			culprit.computed ? ", cleared since" : "");
	trail->bits.value = culprit.raw;
	provenance_set_result(trail, culprit.object, at, !culprit.computed);
}
