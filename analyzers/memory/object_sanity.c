/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: whether the object a bad value was read from is sound but for that one member, is
 *   overwritten as a whole, or by what runs over from the object in front.
 * Needs: symbols, types.
 * False positives: a buffer whose neighbours hold the same bytes looks like an overrun that began
 *   in one of them; a blank object is called sound because nothing in it says otherwise.
 * Kernel commits: see kernel/mm/slab.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/types/types.h"
#include "memory/object_damage.h"

struct subject {
	struct slab_object object;
	uint64_t at, value; /* the bad word */
	struct object_shape shape;
};

/* What speaks for the object, as a clause. */
static void put_proofs(struct str *text, const struct subject *subject)
{
	const struct object_shape *shape = &subject->shape;
	const char *comma = "";

	if (shape->lists_sound) {
		str_printf(text, "the list head at +%" PRIu64 " is whole",
			   shape->list_at - subject->object.start);
		comma = ", ";
	}
	if (shape->back_references) {
		str_printf(text, "%sthe object that +%" PRIu64 " points to leads back to it", comma,
			   shape->back_at - subject->object.start);
		comma = ", ";
	}
	if (shape->pointers_good + shape->pointers_bad)
		str_printf(text, "%s%u of its %u other pointers lead to memory", comma,
			   shape->pointers_good, shape->pointers_good + shape->pointers_bad);
	else if (shape->zeros + 4 >= shape->words)
		str_printf(text, "%sthe rest of it is blank", comma);
}

static void put_text(struct str *text, const struct subject *subject)
{
	const struct object_shape *shape = &subject->shape;
	const char *cache = subject->object.slab.cache->name;

	switch (shape->damage) {
	case DAMAGE_ONE_MEMBER:
		str_printf(text, "only one place of the %s object is bad: ", cache);
		put_proofs(text, subject);
		break;
	case DAMAGE_MEMBERS:
		if (shape->to - shape->from > 16)
			str_printf(text,
				   "the %s object is overwritten from +%" PRId64 " to +%" PRId64,
				   cache, shape->from, shape->to);
		else
			str_printf(text, "several places of the %s object are bad: %s", cache,
				   shape->bad_names);
		break;
	case DAMAGE_WHOLE_OBJECT:
		if (shape->to - shape->from > 16)
			str_printf(text,
				   "the whole %s object holds the same kind of bytes, from its "
				   "first word to its last",
				   cache);
		else
			str_printf(text,
				   "the %s object is not of that type any more: %u of %u "
				   "pointers in it cannot be (%s)",
				   cache, shape->members_bad, shape->members, shape->bad_names);
		break;
	case DAMAGE_OVERRUN:
		str_printf(text,
			   "the %s object before it was overrun: the same bytes run from its "
			   "end into this object",
			   cache);
		break;
	default:
		str_printf(text, "whether the rest of the %s object is sound cannot be told",
			   cache);
	}
}

static void put_back_reference(struct kernel *kernel, json_t *json,
			       const struct object_shape *shape)
{
	struct owner owner;

	owner_find(kernel, shape->back_object, &owner);
	json_put(json, "back_reference",
		 json_pack("{s:o, s:o, s:o}", "at", json_address(shape->back_at), "object",
			   json_address(shape->back_object), "owner", describe_owner(&owner)));
}

static json_t *to_json(struct kernel *kernel, const struct subject *subject, const char *text)
{
	const struct object_shape *shape = &subject->shape;
	static const char *const states[] = {"unknown", "allocated", "free"};
	json_t *json =
		json_pack("{s:o, s:s, s:s, s:I, s:o, s:s, s:s, s:s}", "start",
			  json_address(subject->object.start), "cache",
			  subject->object.slab.cache->name, "state", states[subject->object.state],
			  "size", (json_int_t)subject->object.slab.cache->object_size, "at",
			  json_address(subject->at), "damage", damage_name(shape->damage), "text",
			  text, "evidence", EVIDENCE_INFERRED);

	json_put(json, "stretch",
		 json_pack("{s:I, s:I}", "from", (json_int_t)shape->from, "to",
			   (json_int_t)shape->to));
	json_put(json, "pointers",
		 json_pack("{s:i, s:i}", "good", (int)shape->pointers_good, "bad",
			   (int)shape->pointers_bad));
	json_put(json, "lists",
		 json_pack("{s:i, s:i}", "good", (int)shape->lists_sound, "bad",
			   (int)shape->lists_broken));
	if (shape->members)
		json_put(json, "members",
			 json_pack("{s:i, s:i}", "good", (int)(shape->members - shape->members_bad),
				   "bad", (int)shape->members_bad));
	if (shape->back_references)
		put_back_reference(kernel, json, shape);
	return json;
}

static void show_overrun(struct findings *findings, const struct subject *subject, const char *text)
{
	const struct object_shape *shape = &subject->shape;
	const struct slab *slab = &subject->object.slab;

	finding_add(findings, FINDING_OVERRUN, SEVERITY_CRITICAL, shape->confidence,
		    json_pack("{s:o, s:o, s:s, s:o, s:i, s:i, s:s}", "object",
			      json_address(subject->object.start), "overrun_from",
			      json_address(slab_object_start(slab, subject->object.index - 1)),
			      "cache", slab->cache->name, "value", json_address(subject->value),
			      "words_before", (int)(-shape->from / 8), "words_in",
			      (int)(shape->to / 8), "evidence", EVIDENCE_INFERRED),
		    "%s", text);
}

static struct type type_of(struct kernel *kernel, const struct finding *holder)
{
	const char *name = json_string_value(json_object_get(holder->evidence, "type"));

	if (!name || strncmp(name, "struct ", 7))
		return (struct type){0};
	return types_find_struct(kernel->types, name + 7);
}

/* The first holder that is a slab object and can be read. */
static bool find_subject(struct kernel *kernel, const struct findings *findings,
			 struct subject *subject)
{
	const struct finding *holder;
	size_t from = 0;

	while ((holder = findings_next(findings, FINDING_HOLDER, &from)))
		if (json_address_value(json_object_get(holder->evidence, "address"),
				       &subject->at) &&
		    err_ok(slab_find(kernel, subject->at, &subject->object)) &&
		    err_ok(memory_read_u64(kernel->memory, subject->at, &subject->value)) &&
		    err_ok(object_shape_read(kernel, &subject->object, subject->at,
					     type_of(kernel, holder), &subject->shape)))
			return true;
	return false;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	struct subject subject = {0};

	if (!find_subject(kernel, findings, &subject))
		return NULL;
	_str_ struct str text = {0};
	put_text(&text, &subject);
	if (text.failed)
		return &err_nomem;
	finding_add(findings, FINDING_OBJECT, SEVERITY_NOTICE, subject.shape.confidence,
		    to_json(kernel, &subject, text.data), "%s", text.data);
	if (subject.shape.damage == DAMAGE_OVERRUN)
		show_overrun(findings, &subject, text.data);
	return NULL;
}

const struct analyzer object_sanity_analyzer = {
	.name = "object_sanity",
	.needs = STEP_SYMBOLS | STEP_TYPES,
	.run = run,
};
