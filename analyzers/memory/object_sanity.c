/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: whether the object a bad value was read from is sound but for that one member, is
 *   overwritten as a whole, or by what runs over from the object in front; else an object that the
 *   function at the crash has at hand, and that is overwritten as a whole.
 * Needs: symbols, types.
 * False positives: a buffer whose neighbours hold the same bytes looks like an overrun that began
 *   in one of them; a blank object is called sound because nothing in it says otherwise.
 * Kernel commits: see kernel/mm/slab.h.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/dump/regs.h"
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

#define HANDED_MIN 32	/* bytes: of a smaller object, little is the same by chance */
#define HANDED_MAX 4096 /* that are searched for the bad value */

/* A word of the object that is the bad value; else the one that is pointed to. */
static void choose_word(const struct analysis *analysis, struct damaged_object *subject)
{
	const struct slab_object *object = &subject->object;
	uint64_t size = MIN(object->slab.cache->object_size, HANDED_MAX) & ~7ull, word;
	uint64_t bad = analysis->crash->pointer_known ? analysis->crash->pointer : 0;

	for (uint64_t at = object->start; bad && at < object->start + size; at += 8)
		if (err_ok(memory_read_u64(analysis->kernel->memory, at, &word)) && word == bad) {
			subject->at = at;
			return;
		}
}

/* Data from one end to the other, or a stretch of it with the bad value in it. */
static bool is_overwritten(const struct analysis *analysis, const struct damaged_object *subject)
{
	const struct object_damage *damage = &subject->damage;

	if (subject->value == analysis->crash->pointer && damage->to - damage->from > 16)
		return true;
	return damage->damage == DAMAGE_WHOLE_OBJECT && !damage->from &&
	       damage->to == (int64_t)subject->object.slab.cache->object_size;
}

/* Functions that have data at hand by nature. */
static bool is_copying(const char *function)
{
	static const char *const words[] = {"mem", "str", "copy", "csum", "crc", "clear", "rep_"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(function, words[i]))
			return true;
	return false;
}

/* Where the code does not tell what object a bad value is from: one that the function has at hand. */
static bool find_handed(const struct analysis *analysis, struct damaged_object *subject)
{
	const struct crash *crash = analysis->crash;
	const struct type none = {.kind = TYPE_NONE};

	if (!crash || !crash->exception || crash->report || analysis->memory.holder_count ||
	    is_copying(crash->at.symbol))
		return false;
	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++) {
		*subject = (struct damaged_object){.at = crash->regs.value[reg] & ~7ull};
		if (!regs_known(&crash->regs, reg) ||
		    !err_ok(slab_find(analysis->kernel, subject->at, &subject->object)) ||
		    subject->object.state != OBJECT_ALLOCATED ||
		    subject->object.slab.cache->object_size < HANDED_MIN)
			continue;
		choose_word(analysis, subject);
		if (err_ok(memory_read_u64(analysis->kernel->memory, subject->at,
					   &subject->value)) &&
		    subject->value &&
		    err_ok(object_damage_read(analysis->kernel, &subject->object, subject->at, none,
					      &subject->damage)) &&
		    is_overwritten(analysis, subject))
			return true;
	}
	return false;
}

static struct err *run(struct analysis *analysis)
{
	struct damaged_object subject;
	_str_ struct str text = {0};

	if (!find_subject(analysis, &subject) && !find_handed(analysis, &subject))
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
