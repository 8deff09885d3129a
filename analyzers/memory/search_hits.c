/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory/search_hits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "describe.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/task.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/* --- groups ----------------------------------------------------------------------------------- */

/*
 * Hits by what they have in common: where in such an object they stand, and, for when those are too
 * many to tell, by the kind of object alone.
 */
struct hit_groups {
	json_t *places; /* label -> {"count", "kind": key of kinds, missing for what is no object} */
	json_t *kinds;	/* label -> {"count", "places", "first", "last": offsets} */
};

struct err *hit_groups_new(struct hit_groups **ret)
{
	_cleanup_(cleanup_hit_groups_free) struct hit_groups *groups = calloc(1, sizeof(*groups));

	if (!groups)
		return &err_nomem;
	groups->places = json_object();
	groups->kinds = json_object();
	if (!groups->places || !groups->kinds)
		return &err_nomem;
	*ret = take_ptr(groups);
	return NULL;
}

void hit_groups_free(struct hit_groups *groups)
{
	if (groups) {
		json_decref(groups->places);
		json_decref(groups->kinds);
	}
	free(groups);
}

static const char *state_text(const struct slab_object *object)
{
	return object->state == OBJECT_ALLOCATED ? "allocated"
	       : object->state == OBJECT_FREE	 ? "free"
						 : "state unknown";
}

static void format_offset(char *buf, size_t size, int64_t offset)
{
	snprintf(buf, size, "%s0x%" PRIx64, offset < 0 ? "-" : "+",
		 offset < 0 ? -(uint64_t)offset : (uint64_t)offset);
}

/* What hits have in common: not the object's address, but where in such an object they stand. */
static void label(const struct hit *hit, const struct task *crashed, char *buf, size_t size)
{
	const struct owner *owner = &hit->owner;
	char text[256], offset[24];

	owner_format(owner, text, sizeof(text));
	if (owner->kind == OWNER_SLAB) {
		format_offset(offset, sizeof(offset), owner->offset);
		snprintf(buf, size, "%s object %s%s%s, %s", owner->slab.slab.cache->name, offset,
			 hit->member[0] ? " " : "", hit->member, state_text(&owner->slab));
	} else if (owner->kind == OWNER_STACK) {
		/* Without the offset behind the last plus sign. */
		snprintf(buf, size, "%.*s%s", (int)(strrchr(text, '+') - text) - 1, text,
			 owner->task == crashed ? ", which crashed" : "");
	} else {
		snprintf(buf, size, "%s", text);
	}
}

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void count_hit(json_t *entry)
{
	json_object_set_new(entry, "count", json_integer(number(entry, "count") + 1));
}

/* Names of caches are the dump's: a key must be UTF-8. */
static void escape(char *buf, size_t size)
{
	_str_ struct str safe = {0};

	str_escape(&safe, buf, strlen(buf));
	copy_string(buf, size, safe.data ? safe.data : "");
}

/* The entry of this name, made where there is none yet; NULL when it cannot be. */
static json_t *entry_of(json_t *entries, const char *name, bool *is_new)
{
	json_t *entry = json_object_get(entries, name);

	*is_new = !entry;
	if (entry)
		return entry;
	entry = json_object();
	return json_object_set_new(entries, name, entry) ? NULL : entry;
}

static void add_kind(struct hit_groups *groups, const struct owner *owner, json_t *place,
		     bool new_place)
{
	char name[160];
	bool is_new;

	snprintf(name, sizeof(name), "%.100s objects, %s", owner->slab.slab.cache->name,
		 state_text(&owner->slab));
	escape(name, sizeof(name));
	json_t *kind = entry_of(groups->kinds, name, &is_new);
	if (!kind)
		return;
	count_hit(kind);
	json_object_set_new(place, "kind", json_string(name));
	if (new_place)
		json_object_set_new(kind, "places", json_integer(number(kind, "places") + 1));
	if (is_new || owner->offset < number(kind, "first"))
		json_object_set_new(kind, "first", json_integer(owner->offset));
	if (is_new || owner->offset > number(kind, "last"))
		json_object_set_new(kind, "last", json_integer(owner->offset));
}

void hit_groups_add(struct hit_groups *groups, const struct hit *hit, const struct task *crashed)
{
	char text[320];
	bool is_new;

	label(hit, crashed, text, sizeof(text));
	escape(text, sizeof(text));
	json_t *place = entry_of(groups->places, text, &is_new);
	if (!place)
		return;
	count_hit(place);
	if (hit->owner.kind == OWNER_SLAB)
		add_kind(groups, &hit->owner, place, is_new);
}

struct group {
	const char *text;
	json_int_t count;
	const json_t *kind; /* NULL: a place of its own */
};

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
				    : strcmp(x->text, y->text);
}

/* Objects of which many places were hit are one group, when all places are more than max. */
static size_t collect(const struct hit_groups *groups, size_t max, struct group *ret)
{
	bool merge = json_object_size(groups->places) > max;
	size_t used = 0;
	const char *text;
	json_t *entry;

	json_object_foreach(groups->places, text, entry)
	{
		const char *kind = json_string_value(json_object_get(entry, "kind"));
		const json_t *whole = kind ? json_object_get(groups->kinds, kind) : NULL;

		if (!merge || number(whole, "places") < 2)
			ret[used++] = (struct group){text, number(entry, "count"), NULL};
	}
	json_object_foreach(groups->kinds, text, entry) if (merge && number(entry, "places") > 1)
		ret[used++] = (struct group){text, number(entry, "count"), entry};
	qsort(ret, used, sizeof(*ret), compare_groups);
	return used;
}

static json_t *owner_json(const struct group *group)
{
	char first[24], last[24];

	if (!group->kind)
		return json_escaped(group->text);
	format_offset(first, sizeof(first), number(group->kind, "first"));
	format_offset(last, sizeof(last), number(group->kind, "last"));
	return json_sprintf("%s, at %lld offsets from %s to %s", group->text,
			    number(group->kind, "places"), first, last);
}

json_t *hit_groups_json(const struct hit_groups *groups, size_t max)
{
	_free_ struct group *sorted =
		calloc(json_object_size(groups->places) + json_object_size(groups->kinds) + 1,
		       sizeof(*sorted));
	json_t *array = json_array();

	if (!sorted)
		return array;
	size_t size = collect(groups, max, sorted);
	for (size_t i = 0; i < MIN(size, max); i++)
		json_array_append_new(array,
				      json_pack("{s:o, s:I}", "owner", owner_json(&sorted[i]),
						"count", sorted[i].count));
	return array;
}

/* --- hits ------------------------------------------------------------------------------------- */

/*
 * A cache that is named for the structure it holds. Their sizes differ: task_struct objects end
 * behind the CPU's own amount of FPU state.
 */
static void name_member(struct kernel *kernel, struct hit *hit)
{
	const struct slab_cache *cache = hit->owner.slab.slab.cache;
	struct member member;
	char path[96];

	if (hit->owner.kind != OWNER_SLAB || hit->owner.offset < 0)
		return;
	struct type type = types_find_struct(kernel->types, cache->name);
	if (type.kind == TYPE_STRUCT &&
	    type_describe_offset(type, (uint64_t)hit->owner.offset, path, sizeof(path), &member))
		snprintf(hit->member, sizeof(hit->member), "%.30s.%.90s", cache->name, path);
}

static struct err *find_aliases(struct kernel *kernel, const struct search_result *result,
				struct alias **ret, size_t *count)
{
	struct alias *pages = calloc(result->count + 1, sizeof(*pages));

	*count = 0;
	if (!pages)
		return &err_nomem;
	for (size_t i = 0; i < result->count; i++) {
		uint64_t page = result->hits[i].phys & ~(uint64_t)(PAGE_SIZE - 1);

		if (!*count || pages[*count - 1].phys != page)
			pages[(*count)++].phys = page;
	}
	memory_find_aliases(kernel->memory, pages, *count);
	*ret = pages;
	return NULL;
}

static void find_address(struct kernel *kernel, struct hit *hit, const struct alias *alias)
{
	if (alias->va)
		hit->address = alias->va + (hit->phys & (PAGE_SIZE - 1));
	else if (memory_page_offset(kernel->memory))
		hit->address = memory_phys_to_virt(kernel->memory, hit->phys);
}

struct err *hits_each(struct kernel *kernel, const struct search_result *result,
		      const struct task *crashed, struct hit_groups *groups,
		      void (*each)(void *context, const struct hit *hit), void *context)
{
	_free_ struct alias *aliases = NULL;
	size_t count = 0, at = 0;

	if (kernel->memory)
		TRY(find_aliases(kernel, result, &aliases, &count));
	for (size_t i = 0; i < result->count; i++) {
		struct hit hit = {.phys = result->hits[i].phys, .word = result->hits[i].word};

		while (at + 1 < count && aliases[at + 1].phys <= hit.phys)
			at++;
		if (count)
			find_address(kernel, &hit, &aliases[at]);
		if (hit.address) {
			owner_find(kernel, hit.address, &hit.owner);
			if (hit.owner.task && hit.owner.task == crashed)
				owner_find_frame(kernel, &hit.owner);
			name_member(kernel, &hit);
		}
		hit_groups_add(groups, &hit, crashed);
		each(context, &hit);
	}
	return NULL;
}

json_t *hit_json(const struct hit *hit)
{
	json_t *json = json_pack("{s:o, s:o}", "phys", json_address(hit->phys), "value",
				 json_address(hit->word));

	if (hit->address)
		json_put(json, "address", json_address(hit->address));
	json_put(json, "owner", describe_owner(&hit->owner));
	if (hit->member[0])
		json_put(json, "member", json_escaped(hit->member));
	return json;
}
