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

#include "analysis.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab_find.h"
#include "memory/memory_found.h"
#include "memory/object_damage.h"

/* The evidence that the object is sound: "the list head at +8 is whole, …". */
static void put_proofs(struct str *text, const struct damaged_object *subject)
{
	const struct object_damage *damage = &subject->damage;
	const char *comma = "";

	if (damage->lists_sound) {
		str_printf(text, "the list head at +%" PRIu64 " is whole",
			   damage->list_at - subject->object.start);
		comma = ", ";
	}
	if (damage->back_references) {
		str_printf(text, "%sthe object that +%" PRIu64 " points to points back to it",
			   comma, damage->back_at - subject->object.start);
		comma = ", ";
	}
	if (damage->pointers_good + damage->pointers_bad)
		str_printf(text, "%s%u of its %u other pointers lead to memory", comma,
			   damage->pointers_good, damage->pointers_good + damage->pointers_bad);
	else if (damage->zeros + 4 >= damage->words)
		str_printf(text, "%sthe rest is %s", comma,
			   damage->zeros + 1 >= damage->words ? "zero" : "nearly all zero");
}

static void put_text(struct str *text, const struct damaged_object *subject)
{
	const struct object_damage *damage = &subject->damage;
	const char *cache = subject->object.slab.cache->name;

	switch (damage->damage) {
	case DAMAGE_ONE_MEMBER:
		str_printf(text, "only one field of the %s object looks damaged: ", cache);
		put_proofs(text, subject);
		break;
	case DAMAGE_MEMBERS:
		if (damage->to - damage->from > 16)
			str_printf(text,
				   "the %s object is overwritten from +%" PRId64 " to +%" PRId64,
				   cache, damage->from, damage->to);
		else
			str_printf(text, "several fields of the %s object look damaged: %s", cache,
				   damage->bad_names);
		break;
	case DAMAGE_WHOLE_OBJECT:
		if (damage->to - damage->from > 16)
			str_printf(text,
				   "the whole %s object holds the same kind of bytes, from its "
				   "first word to its last",
				   cache);
		else
			str_printf(text,
				   "the %s object is not of that type any more: %u of %u "
				   "pointers in it cannot be (%s)",
				   cache, damage->members_bad, damage->members, damage->bad_names);
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

/* The first holder that is a slab object and can be read. */
static bool find_subject(const struct analysis *analysis, struct damaged_object *subject)
{
	const struct memory_facts *facts = &analysis->memory;
	struct kernel *kernel = analysis->kernel;

	for (size_t i = 0; i < facts->holder_count; i++) {
		const struct holder *holder = &facts->holders[i];

		*subject = (struct damaged_object){.at = holder->address};
		if (err_ok(slab_find(kernel, subject->at, &subject->object)) &&
		    err_ok(memory_read_u64(kernel->memory, subject->at, &subject->value)) &&
		    err_ok(object_damage_read(kernel, &subject->object, subject->at, holder->type,
					      &subject->damage)))
			return true;
	}
	return false;
}

static struct err *run(struct analysis *analysis)
{
	struct damaged_object subject;
	_str_ struct str text = {0};

	if (!find_subject(analysis, &subject))
		return NULL;
	const struct object_damage *damage = &subject.damage;
	if (damage->back_references)
		owner_find(analysis->kernel, damage->back_object, &subject.back_reference);
	put_text(&text, &subject);
	if (text.failed)
		return &err_nomem;
	memory_found_object(analysis, &subject, text.data);
	if (damage->damage != DAMAGE_OVERRUN)
		return NULL;
	struct overrun overrun = {.object = subject.object,
				  .from = damage->from,
				  .to = damage->to,
				  .has_value = true,
				  .value = subject.value,
				  .confidence = damage->confidence};
	memory_found_overrun(analysis, &overrun, text.data);
	return NULL;
}

const struct analyzer object_sanity_analyzer = {
	.name = "object_sanity",
	.needs = STEP_SYMBOLS | STEP_TYPES,
	.run = run,
};
