/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the section "memory" of the verdict. */
#include "memory/memory_json.h"

#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "finding.h"
#include "kernel/mm/freelist.h"

static const char *evidence(bool proven)
{
	return proven ? EVIDENCE_PROVEN : EVIDENCE_INFERRED;
}

/* --- pointers --------------------------------------------------------------------------------- */

json_t *memory_json_pointer(const struct crash_pointer *pointer)
{
	json_t *owner = describe_owner(&pointer->owner);

	if (pointer->task)
		json_put(owner, "task", describe_task(pointer->task));
	if (pointer->percpu)
		json_put(owner, "text",
			 json_sprintf("per-CPU pointer, to 0x%016" PRIx64 " on CPU %d",
				      pointer->percpu, pointer->owner.cpu));
	json_t *json = json_pack("{s:o, s:o, s:o}", "where", json_escaped(pointer->where), "value",
				 json_address(pointer->value), "owner", owner);
	if (pointer->used)
		json_put(json, "used", json_true());
	return json;
}

json_t *memory_json_step(const struct bad_value_step *step, size_t number)
{
	return json_pack("{s:i, s:o, s:s}", "step", (int)number, "text", json_escaped(step->text),
			 "evidence", evidence(step->proven));
}

json_t *memory_json_holder(const struct holder *holder)
{
	json_t *json = json_pack("{s:o, s:o}", "address", json_address(holder->address), "owner",
				 describe_owner(&holder->owner));
	char type[96];

	if (holder->type.kind != TYPE_NONE) {
		type_format(holder->type, type, sizeof(type));
		json_put(json, "type", json_escaped(type));
	}
	if (holder->member[0])
		json_put(json, "member", json_escaped(holder->member));
	if (holder->kind != HOLDER_LINKED)
		json_put(json, "offset", json_integer(holder->offset));
	return json;
}

json_t *memory_json_hypothesis(const struct hypothesis *hypothesis)
{
	json_t *json =
		json_pack("{s:s, s:o, s:f}", "kind", hypothesis->kind, "text",
			  json_escaped(hypothesis->text), "confidence", hypothesis->confidence);

	if (!hypothesis->bit_count)
		return json;
	json_t *bits = json_array();
	for (unsigned i = 0; i < hypothesis->bit_count; i++)
		json_array_append_new(bits, json_integer(hypothesis->bits[i]));
	json_put(json, "restored", json_address(hypothesis->restored));
	json_put(json, "bit", json_integer(hypothesis->bits[0]));
	json_put(json, "bits", bits);
	return json;
}

/* --- objects ---------------------------------------------------------------------------------- */

static json_t *good_and_bad(unsigned good, unsigned bad)
{
	return json_pack("{s:i, s:i}", "good", (int)good, "bad", (int)bad);
}

json_t *memory_json_object(const struct damaged_object *subject, const char *text)
{
	static const char *const states[] = {"unknown", "allocated", "free"};
	static const char *const damages[] = {"unknown", "one_member", "members", "whole_object",
					      "overrun"};
	const struct object_damage *damage = &subject->damage;
	const struct slab_object *object = &subject->object;
	json_t *json = json_pack("{s:o, s:s, s:s, s:I, s:o, s:s, s:o, s:s}", "start",
				 json_address(object->start), "cache", object->slab.cache->name,
				 "state", states[object->state], "size",
				 (json_int_t)object->slab.cache->object_size, "at",
				 json_address(subject->at), "damage", damages[damage->damage],
				 "text", json_escaped(text), "evidence", EVIDENCE_INFERRED);

	json_put(json, "stretch",
		 json_pack("{s:I, s:I}", "from", (json_int_t)damage->from, "to",
			   (json_int_t)damage->to));
	json_put(json, "pointers", good_and_bad(damage->pointers_good, damage->pointers_bad));
	json_put(json, "lists", good_and_bad(damage->lists_sound, damage->lists_broken));
	if (damage->members)
		json_put(json, "members",
			 good_and_bad(damage->members - damage->members_bad, damage->members_bad));
	if (damage->back_references)
		json_put(json, "back_reference",
			 json_pack("{s:o, s:o, s:o}", "at", json_address(damage->back_at), "object",
				   json_address(damage->back_object), "owner",
				   describe_owner(&subject->back_reference)));
	return json;
}

json_t *memory_json_overrun(const struct overrun *overrun)
{
	const struct slab_object *object = &overrun->object;
	json_t *json =
		json_pack("{s:o, s:o, s:s}", "object", json_address(object->start), "overrun_from",
			  json_address(slab_object_start(&object->slab, object->index - 1)),
			  "cache", object->slab.cache->name);

	if (overrun->has_value)
		json_put(json, "value", json_address(overrun->value));
	json_put(json, "words_before", json_integer(-overrun->from / 8));
	json_put(json, "words_in", json_integer(overrun->to / 8));
	json_put(json, "evidence", json_string(EVIDENCE_INFERRED));
	return json;
}

json_t *memory_json_freelist(const struct freelist_corruption *corruption)
{
	const struct culprit *culprit = &corruption->culprit;
	bool known = culprit->object;
	/*
	 * That a list breaks was read from it, but which object broke it may have been worked out.
	 */
	bool proven = !culprit->computed || (!known && strcmp(corruption->list, "fault"));
	json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:b, s:s}", "cache",
				 corruption->slab.cache->name, "slab",
				 json_address(corruption->slab.address), "object",
				 known ? json_address(culprit->object) : json_null(), "raw",
				 known ? json_address(culprit->raw) : json_null(), "decoded",
				 json_address(corruption->broken.decoded), "why",
				 freelist_break_name(&corruption->broken), "list", corruption->list,
				 "near", corruption->near, "evidence", evidence(proven));

	if (corruption->has_before)
		json_put(json, "before", describe_owner(&corruption->before));
	return json;
}

json_t *memory_json_double_free(struct kernel *kernel, const struct double_free *twice)
{
	const struct slab_object *object = &twice->object;
	json_t *json =
		json_pack("{s:o, s:s, s:o, s:s}", "object", json_address(object->start), "cache",
			  object->slab.cache->name, "owner", describe_owner(&twice->owner),
			  "evidence", evidence(object->state == OBJECT_FREE));

	if (twice->freed_by)
		json_put(json, "freed_by", describe_frame(kernel, twice->freed_by));
	return json;
}

static void put_damage(json_t *json, const struct debug_report *report)
{
	if (report->from)
		json_put(json, "from", json_address(report->from));
	if (!report->length)
		return;
	json_put(json, "length", json_integer((json_int_t)report->length));
	json_put(json, "bytes",
		 json_bytes(report->bytes, MIN(report->length, sizeof(report->bytes))));
	json_put(json, "source", json_string(report->in_memory ? "memory" : "log"));
}

json_t *memory_json_debug_report(const struct debug_report *report)
{
	json_t *json = json_object();

	json_put(json, "cache", json_escaped(report->cache));
	json_put(json, "problem", json_escaped(report->problem));
	if (report->object)
		json_put(json, "object", json_address(report->object));
	if (report->has_owner)
		json_put(json, "owner", describe_owner(&report->owner));
	put_damage(json, report);
	if (report->allocated_by[0])
		json_put(json, "allocated_by", json_escaped(report->allocated_by));
	if (report->freed_by[0])
		json_put(json, "freed_by", json_escaped(report->freed_by));
	/* Without an address in the report, the object was told by its broken poison. */
	json_put(json, "evidence", json_string(evidence(report->located)));
	return json;
}

/* --- what a check of the kernel's was about --------------------------------------------------- */

json_t *memory_json_blamed(const struct blamed *blamed, const char *text)
{
	json_t *owner = describe_owner(&blamed->owner);

	if (blamed->task)
		json_put(owner, "task", describe_task(blamed->task));
	return json_pack("{s:s, s:o, s:o, s:o, s:s}", "what", blamed->what, "address",
			 json_address(blamed->address), "owner", owner, "text", json_escaped(text),
			 "evidence", EVIDENCE_INFERRED);
}

/* --- stacks ----------------------------------------------------------------------------------- */

json_t *memory_json_stack(const struct stack_damage *damage, const char *text)
{
	json_t *json = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "function", json_escaped(damage->function),
		"canary_at", json_address(damage->canary_at), "found", json_address(damage->found),
		"from", json_address(damage->from), "to", json_address(damage->to), "text",
		json_escaped(text), "evidence", evidence(damage->known));

	if (damage->known)
		json_put(json, "good", json_address(damage->good));
	if (damage->buffer)
		json_put(json, "buffer", json_address(damage->buffer));
	if (damage->given_to[0])
		json_put(json, "given_to", json_escaped(damage->given_to));
	return json;
}

/* --- calls ------------------------------------------------------------------------------------ */

/* NULL: by the owner of the target. */
static const char *call_target_kind(const struct bad_call *call)
{
	if (call->inside)
		return "inside";
	if (call->target < 4096)
		return "null";
	return call->unloaded ? "unloaded" : NULL;
}

json_t *memory_json_call(const struct bad_call *call, const char *text)
{
	const char *kind = call_target_kind(call);
	json_t *json = json_pack(
		"{s:s, s:o, s:o, s:o, s:s}", "way", call->returned ? "return" : "call", "target",
		json_address(call->target), "owner", describe_owner(&call->owner), "text",
		json_escaped(text), "evidence", evidence(!call->returned && call->held));

	if (kind)
		json_put(json, "kind", json_string(kind));
	if (call->place[0])
		json_put(json, "place", json_escaped(call->place));
	if (call->module[0])
		json_put(json, "last_unloaded", json_escaped(call->module));
	if (call->tainted[0])
		json_put(json, "unloaded_tainted", json_string(call->tainted));
	return json;
}

/* --- lists ------------------------------------------------------------------------------------ */

json_t *memory_json_list(const struct broken_list *list, const char *text)
{
	json_t *json =
		json_pack("{s:s, s:s, s:o, s:i, s:b, s:o, s:s}", "kind",
			  list->bit >= 0 ? "bit_flip"
			  : list->at	 ? "link"
					 : "node",
			  "link", broken_list_link(list), "before", json_address(list->before),
			  "sound", (int)list->sound, "leads_to_fault", list->leads, "text",
			  json_escaped(text), "evidence", evidence(list->bit < 0));

	json_put(json, "shape", json_string(list->tree ? "tree" : "list"));
	json_put(json, "owner", describe_owner(&list->owner));
	if (list->after)
		json_put(json, "after", json_address(list->after));
	if (list->at) {
		json_put(json, "at", json_address(list->at));
		json_put(json, "broken", json_address(list->at - list->link));
		json_put(json, "found", json_address(list->found));
		json_put(json, "good", json_address(list->good));
		json_put(json, "stray", describe_owner(&list->stray));
	} else {
		json_put(json, "node", json_address(list->lost));
	}
	if (list->bit >= 0)
		json_put(json, "bit", json_integer(list->bit));
	return json;
}

/* --- the words around the bad value ----------------------------------------------------------- */

static json_t *word_json(const struct contents *contents, const struct contents_word *word)
{
	json_t *json = json_pack("{s:o, s:o}", "address", json_address(word->address), "value",
				 json_address(word->value));

	if (word->member[0])
		json_put(json, "member", json_escaped(word->member));
	if (word->address == contents->bad_at)
		json_put(json, "bad", json_true());
	if (word->points_to[0])
		json_put(json, "points_to", json_escaped(word->points_to));
	return json;
}

json_t *memory_json_contents(const struct contents *contents)
{
	json_t *words = json_array();

	for (size_t i = 0; i < contents->count; i++)
		json_array_append_new(words, word_json(contents, &contents->words[i]));
	json_t *json =
		json_pack("{s:o, s:o}", "bad_at", json_address(contents->bad_at), "words", words);
	if (contents->size) {
		json_put(json, "object", json_address(contents->object));
		json_put(json, "size", json_integer((json_int_t)contents->size));
	}
	return json;
}

/* --- searches --------------------------------------------------------------------------------- */

json_t *memory_json_place(const struct search_place *place)
{
	json_t *json = json_pack("{s:o, s:o}", "phys", json_address(place->phys), "value",
				 json_address(place->word));

	if (place->address)
		json_put(json, "address", json_address(place->address));
	json_put(json, "owner", describe_owner(&place->owner));
	if (place->member[0])
		json_put(json, "member", json_escaped(place->member));
	return json;
}

json_t *memory_json_groups(const struct search_group *groups, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_pack("{s:o, s:I}", "owner",
						       json_escaped(groups[i].owner), "count",
						       (json_int_t)groups[i].count));
	return array;
}

static json_t *found_places(const struct copies *copies, bool same)
{
	json_t *hits = json_array();

	for (size_t i = 0; i < copies->place_count; i++) {
		json_t *hit = memory_json_place(&copies->places[i]);

		if (same)
			json_object_del(hit, "value");
		json_array_append_new(hits, hit);
	}
	return json_pack("{s:o, s:I, s:o, s:o, s:s, s:b, s:I}", "value",
			 json_address(copies->value), "total", (json_int_t)copies->total, "hits",
			 hits, "groups", memory_json_groups(copies->groups, copies->group_count),
			 "searched", copies->searched, "whole", copies->whole, "pages",
			 (json_int_t)copies->pages);
}

json_t *memory_json_copies(const struct copies *copies)
{
	return found_places(copies, true);
}

json_t *memory_json_links(const struct copies *links)
{
	return found_places(links, false);
}
