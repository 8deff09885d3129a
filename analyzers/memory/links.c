/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who else leads to an object that is broken, free, or not what it was: other places that still
 *   have its address.
 * Needs: symbols, types, tasks.
 * False positives: what was left of a pointer in memory that is free, or on a stack's unused part; each
 *   place is told with who owns it.
 * Kernel commits: none.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/mm/slab_find.h"
#include "memory/copies.h"
#include "memory/memory_found.h"

#define NAMED 3 /* places that the headline names */

/* The object that the analyzers before this one found in trouble. */
static uint64_t find_subject(const struct memory_facts *facts)
{
	if (facts->list)
		return facts->list->at ? facts->list->at : facts->list->lost;
	if (facts->blamed)
		return facts->blamed->address;
	if (facts->object && facts->object->damage.damage == DAMAGE_WHOLE_OBJECT)
		return facts->object->at;
	return facts->holder_count && facts->holders[0].owner.kind == OWNER_SLAB &&
			       facts->holders[0].owner.slab.state == OBJECT_FREE
		       ? facts->holders[0].address
		       : 0;
}

/* The registers of the crash, as oops_begin() and die() keep them (arch/x86/kernel/dumpstack.c). */
static bool is_summary(const struct search_place *place)
{
	char owner[256];

	owner_format(&place->owner, owner, sizeof(owner));
	return !strncmp(owner, "exec_summary_regs", 17);
}

/* Drops those in the object itself, and what is left of the crash. */
static void keep_others(struct copies *links, uint64_t size, const struct task *crashed)
{
	size_t kept = 0;

	for (size_t i = 0; i < links->place_count; i++) {
		const struct search_place *place = &links->places[i];

		if (place->address - links->value < size || is_summary(place) ||
		    (place->owner.kind == OWNER_STACK && place->owner.task == crashed))
			continue;
		links->places[kept++] = *place;
	}
	links->place_count = kept;
}

static void describe(const struct copies *links, const struct slab_object *object, struct str *text)
{
	char owner[256];

	str_printf(text, "%zu other place%s lead%s to %s object 0x%016" PRIx64, links->place_count,
		   links->place_count == 1 ? "" : "s", links->place_count == 1 ? "s" : "",
		   object->slab.cache->name, object->start);
	for (size_t i = 0; i < links->place_count && i < NAMED; i++) {
		owner_format(&links->places[i].owner, owner, sizeof(owner));
		str_printf(text, "%s %s", i ? "," : ":", owner);
	}
	if (links->place_count > NAMED)
		str_printf(text, " and %zu more", links->place_count - NAMED);
}

static struct err *run(struct analysis *analysis)
{
	struct copies *links = &analysis->memory.links;
	uint64_t subject = find_subject(&analysis->memory);
	_str_ struct str text = {0};
	struct slab_object object;

	if (!subject || !analysis->crash ||
	    !err_ok(slab_find(analysis->kernel, subject, &object)) || object.offset < 0)
		return NULL;
	uint64_t size = object.slab.cache->object_size;
	TRY(copies_find_links(analysis, object.start, size, links));
	keep_others(links, size, analysis->crash->task);
	if (!links->place_count)
		return NULL;
	describe(links, &object, &text);
	if (text.failed)
		return &err_nomem;
	memory_found_links(analysis, text.data);
	return NULL;
}

const struct analyzer links_analyzer = {
	.name = "links",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS,
	.run = run,
};
