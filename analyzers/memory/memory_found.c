/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps what analyzers of memory find in the analysis, and emits it as findings. */
#include "memory/memory_found.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "kernel/mm/freelist.h"
#include "memory/memory_json.h"

/* When memory runs out the finding is emitted all the same; base/alloc.h counts the failure. */
#define KEEP(array, count, fact)                                                                   \
	do {                                                                                       \
		if (array_grow(array, count))                                                      \
			(array)[(count)++] = *(fact);                                              \
	} while (0)

/* The first of its kind stays. */
#define KEEP_ONE(place, fact)                                                                      \
	do {                                                                                       \
		if (!(place) && ((place) = malloc(sizeof(*(place)))))                              \
			*(place) = *(fact);                                                        \
	} while (0)

/* --- pointers --------------------------------------------------------------------------------- */

void memory_found_pointer(struct analysis *analysis, const struct crash_pointer *pointer)
{
	struct memory_facts *facts = &analysis->memory;

	KEEP(facts->pointers, facts->pointer_count, pointer);
	finding_add(analysis->findings, FINDING_POINTER, SEVERITY_INFO, 1.0,
		    memory_json_pointer(pointer), NULL);
}

void memory_found_bad_value(struct analysis *analysis)
{
	const struct bad_value *bad = &analysis->memory.bad;

	for (size_t i = 0; i < bad->step_count; i++)
		finding_add(analysis->findings, FINDING_PROVENANCE, SEVERITY_INFO, 1.0,
			    memory_json_step(&bad->steps[i], i + 1), NULL);
}

/* "struct blk_mq_hw_ctx.fq, byte 672 of a live kmalloc-1k object (0x…)" */
static void format_place(const struct holder *holder, struct str *text)
{
	const struct owner *owner = &holder->owner;
	char words[256];

	if (holder->type.kind != TYPE_NONE) {
		type_format(holder->type, words, sizeof(words));
		str_printf(text, "%s.%s, ", words, holder->member);
	}
	if (owner->kind == OWNER_SLAB && owner->offset >= 0) {
		owner_format_object(owner, words, sizeof(words));
		str_printf(text, "byte %" PRId64 " of %s", owner->offset, words);
		return;
	}
	owner_format(owner, words, sizeof(words));
	str_printf(text, "0x%016" PRIx64 " (%s)", holder->address, words);
}

void memory_found_holder(struct analysis *analysis, const struct holder *holder)
{
	struct memory_facts *facts = &analysis->memory;

	KEEP(facts->holders, facts->holder_count, holder);
	if (holder->kind == HOLDER_FREE_POINTER) {
		finding_add(analysis->findings, FINDING_HOLDER, SEVERITY_NOTICE, holder->confidence,
			    memory_json_holder(holder),
			    "the bad pointer %s the free pointer of %s object 0x%016" PRIx64,
			    holder->cleared ? "was" : "is", holder->cache->name,
			    holder->address - (uint64_t)holder->offset);
		return;
	}
	_str_ struct str place = {0};
	format_place(holder, &place);
	finding_add(analysis->findings, FINDING_HOLDER, SEVERITY_NOTICE, holder->confidence,
		    memory_json_holder(holder), "the bad pointer %s %s",
		    holder->kind == HOLDER_LOADED ? "was loaded from" : "is in",
		    place.data ? place.data : "?");
}

void memory_found_hypothesis(struct analysis *analysis, const struct hypothesis *hypothesis)
{
	struct memory_facts *facts = &analysis->memory;

	KEEP(facts->hypotheses, facts->hypothesis_count, hypothesis);
	finding_add(analysis->findings, FINDING_HYPOTHESIS,
		    hypothesis->bit_count ? SEVERITY_WARNING : SEVERITY_NOTICE,
		    hypothesis->confidence, memory_json_hypothesis(hypothesis), "%s",
		    hypothesis->text);
}

/* --- objects ---------------------------------------------------------------------------------- */

void memory_found_object(struct analysis *analysis, const struct damaged_object *object,
			 const char *text)
{
	KEEP_ONE(analysis->memory.object, object);
	finding_add(analysis->findings, FINDING_OBJECT, SEVERITY_NOTICE, object->damage.confidence,
		    memory_json_object(object, text), "%s", text);
}

void memory_found_overrun(struct analysis *analysis, const struct overrun *overrun,
			  const char *text)
{
	struct memory_facts *facts = &analysis->memory;

	KEEP(facts->overruns, facts->overrun_count, overrun);
	finding_add(analysis->findings, FINDING_OVERRUN, SEVERITY_CRITICAL, overrun->confidence,
		    memory_json_overrun(overrun), "%s", text);
}

void memory_found_freelist(struct analysis *analysis, const struct freelist_corruption *corruption)
{
	struct memory_facts *facts = &analysis->memory;
	const struct slab_cache *cache = corruption->slab.cache;
	const char *why = freelist_break_name(&corruption->broken);
	uint64_t object = corruption->culprit.object;

	KEEP(facts->freelists, facts->freelist_count, corruption);
	json_t *json = memory_json_freelist(corruption);
	if (!object)
		finding_add(analysis->findings, FINDING_FREELIST, SEVERITY_CRITICAL, 1.0, json,
			    "broken free list in %s: it %s", cache->name, why);
	else if (cache->arrays) /* an index in the slab's descriptor, which no object can reach */
		finding_add(analysis->findings, FINDING_FREELIST, SEVERITY_CRITICAL, 1.0, json,
			    "broken free list in %s: what is chained to object 0x%016" PRIx64 " %s",
			    cache->name, object, why);
	else
		finding_add(analysis->findings, FINDING_FREELIST, SEVERITY_CRITICAL,
			    corruption->culprit.confidence, json,
			    "broken free list in %s: the free pointer of object 0x%016" PRIx64
			    " %s",
			    cache->name, object, why);
}

void memory_found_double_free(struct analysis *analysis, const struct double_free *twice)
{
	const struct slab_object *object = &twice->object;
	bool listed = object->state == OBJECT_FREE;

	KEEP_ONE(analysis->memory.double_free, twice);
	finding_add(analysis->findings, FINDING_DOUBLE_FREE, SEVERITY_CRITICAL, listed ? 1.0 : 0.93,
		    memory_json_double_free(analysis->kernel, twice),
		    "%s object 0x%016" PRIx64
		    " is being freed while it is the first of its free list%s%s",
		    object->slab.cache->name, object->start, listed ? ", on " : "",
		    listed ? object->where : "");
}

void memory_found_debug_report(struct analysis *analysis, const struct debug_report *report)
{
	struct memory_facts *facts = &analysis->memory;
	_str_ struct str text = {0};

	KEEP(facts->reports, facts->report_count, report);
	str_printf(&text, "slab debugging found: %s in ", report->problem);
	str_escape(&text, report->cache, strlen(report->cache));
	if (report->object)
		str_printf(&text, " object 0x%016" PRIx64, report->object);
	if (report->from && report->length)
		str_printf(&text, ", %zu bytes at +%" PRId64, report->length,
			   (int64_t)(report->from - report->object));
	finding_add(analysis->findings, FINDING_SLAB_REPORT, SEVERITY_CRITICAL,
		    report->object ? 1.0 : 0.9, memory_json_debug_report(report), "%s",
		    text.data ? text.data : "");
}

void memory_found_blamed(struct analysis *analysis, const struct blamed *blamed, const char *text)
{
	KEEP_ONE(analysis->memory.blamed, blamed);
	finding_add(analysis->findings, FINDING_BLAMED, SEVERITY_WARNING, 0.9,
		    memory_json_blamed(blamed, text), "%s", text);
}

void memory_found_stack(struct analysis *analysis, const struct stack_damage *damage,
			const char *text)
{
	KEEP_ONE(analysis->memory.stack, damage);
	finding_add(analysis->findings, FINDING_STACK, SEVERITY_CRITICAL, damage->known ? 1.0 : 0.9,
		    memory_json_stack(damage, text), "%s", text);
}

void memory_found_call(struct analysis *analysis, const struct bad_call *call, const char *text)
{
	KEEP_ONE(analysis->memory.call, call);
	finding_add(analysis->findings, FINDING_CALL, SEVERITY_CRITICAL, call->confidence,
		    memory_json_call(call, text), "%s", text);
}

void memory_found_list(struct analysis *analysis, const struct broken_list *list, const char *text)
{
	KEEP_ONE(analysis->memory.list, list);
	finding_add(analysis->findings, FINDING_LIST, SEVERITY_CRITICAL, list->confidence,
		    memory_json_list(list, text), "%s", text);
}

/* --- the words around the bad value ----------------------------------------------------------- */

void memory_found_contents(struct analysis *analysis)
{
	finding_add(analysis->findings, FINDING_CONTENTS, SEVERITY_INFO, 1.0,
		    memory_json_contents(&analysis->memory.contents), NULL);
}

void memory_found_copies(struct analysis *analysis)
{
	finding_add(analysis->findings, FINDING_COPIES, SEVERITY_INFO, 1.0,
		    memory_json_copies(&analysis->memory.copies), NULL);
}

void memory_found_links(struct analysis *analysis, const char *text)
{
	finding_add(analysis->findings, FINDING_LINKS, SEVERITY_NOTICE, 0.9,
		    memory_json_links(&analysis->memory.links), "%s", text);
}
