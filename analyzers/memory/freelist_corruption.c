/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from a broken free list: what was written over which object, and from where. */
#include "memory/freelist_corruption.h"

#include <inttypes.h>
#include <stdio.h>

#include "kernel/mm/owner.h"
#include "kernel/mm/slab_find.h"
#include "memory/freelist_culprit.h"
#include "memory/memory_found.h"
#include "memory/object_damage.h"
#include "memory/value.h"

static void add_looks(struct analysis *analysis, const struct culprit *culprit)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	size_t count = value_looks(culprit->raw, looks);

	for (size_t i = 0; i < count; i++) {
		struct hypothesis look = {.kind = looks[i].kind,
					  .confidence =
						  looks[i].confidence * (1 - culprit->chance)};

		snprintf(look.text, sizeof(look.text),
			 "what overwrote the free pointer, 0x%016" PRIx64 ", looks like %s",
			 culprit->raw, looks[i].text);
		memory_found_hypothesis(analysis, &look);
	}
}

/* The object is not known, but the bytes that all candidates have in common are. */
static void add_common_look(struct analysis *analysis, const struct culprit *culprit)
{
	struct value_look looks[VALUE_LOOKS_MAX];

	if (!culprit->common || !value_looks(culprit->common, looks) ||
	    looks[0].confidence < VALUE_TELLING)
		return;
	struct hypothesis look = {.kind = looks[0].kind,
				  .confidence =
					  looks[0].confidence * (0.97 * (1 - culprit->chance))};
	snprintf(look.text, sizeof(look.text),
		 "what overwrote a free pointer of this slab looks like %s, "
		 "whichever of its objects it was in",
		 looks[0].text);
	memory_found_hypothesis(analysis, &look);
}

static void add_holder(struct analysis *analysis, const struct slab_cache *cache,
		       const struct culprit *culprit)
{
	struct holder holder = {.kind = HOLDER_FREE_POINTER,
				.address = culprit->object + cache->offset,
				.member = "free pointer",
				.offset = (int64_t)cache->offset,
				.confidence = culprit->confidence,
				.cache = cache,
				.cleared = culprit->computed};

	owner_find(analysis->kernel, culprit->object, &holder.owner);
	memory_found_holder(analysis, &holder);
}

/*
 * If the same kind of bytes reaches from the object in front over the free pointer, that object was
 * overrun. Where the free pointer's object has been cleared since, only what the object in front
 * ends with is left to tell.
 */
static bool find_overrun(struct kernel *kernel, const struct culprit *culprit,
			 struct overrun *overrun)
{
	const struct slab_object *object = &overrun->object;
	uint64_t at = culprit->object + object->slab.cache->offset;
	struct object_damage damage;

	if (!culprit->computed) {
		if (!err_ok(object_damage_read(kernel, object, at, (struct type){0}, &damage)) ||
		    damage.damage != DAMAGE_OVERRUN)
			return false;
		overrun->from = damage.from;
		overrun->to = damage.to;
		overrun->confidence = damage.confidence;
		return true;
	}
	uint64_t length =
		freelist_culprit_run_up(kernel, &object->slab, object->start, culprit->raw);
	overrun->from = -(int64_t)length;
	overrun->to = (int64_t)(at + 8 - object->start);
	overrun->confidence =
		(length >= 2 * FREELIST_CULPRIT_RUN_UP_MIN ? 0.85 : 0.7) * culprit->confidence;
	return length >= FREELIST_CULPRIT_RUN_UP_MIN;
}

static void add_overrun(struct analysis *analysis, const struct culprit *culprit)
{
	struct overrun overrun = {0};
	char text[200];

	if (!err_ok(slab_find(analysis->kernel, culprit->object, &overrun.object)) ||
	    !find_overrun(analysis->kernel, culprit, &overrun))
		return;
	snprintf(text, sizeof(text),
		 "the %s object before it was overrun: the same bytes run from its end over the "
		 "free pointer of the next",
		 overrun.object.slab.cache->name);
	memory_found_overrun(analysis, &overrun, text);
}

/* The object in front of the overwritten one: who may have run over its end. */
static void find_before(struct kernel *kernel, struct freelist_corruption *corruption)
{
	const struct slab *slab = &corruption->slab;
	uint64_t index = (corruption->culprit.object - slab->base) / slab->cache->size;

	if (!index)
		return;
	corruption->has_before = true;
	owner_find(kernel, slab_object_start(slab, (unsigned)index - 1), &corruption->before);
}

void freelist_corruption_explain(struct analysis *analysis, struct freelist_corruption *corruption)
{
	const struct slab_cache *cache = corruption->slab.cache;
	const struct culprit *culprit = &corruption->culprit;
	/*
	 * SLAB keeps its free list as an array of indices in the slab's descriptor, outside of any
	 * object.
	 */
	bool in_object = culprit->object && !cache->arrays;

	if (in_object)
		find_before(analysis->kernel, corruption);
	memory_found_freelist(analysis, corruption);
	if (!culprit->object)
		add_common_look(analysis, culprit);
	/* Where a list comes back to itself, nothing foreign was written. */
	if (!in_object || corruption->broken.why == BREAK_LOOP)
		return;
	add_looks(analysis, culprit);
	add_holder(analysis, cache, culprit);
	add_overrun(analysis, culprit);
}
