/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups the places that a search found by what owns them. */
#include "memory/search_groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/str.h"

/* A place in objects of one kind, or such a kind of object with all its places. */
struct group {
	char *label;
	uint64_t count;	     /* how many were found there */
	size_t kind;	     /* of a place: index of its kind; NO_KIND for what is no object */
	uint64_t places;     /* of a kind: how many places of it */
	int64_t first, last; /* of a kind: the offsets in its objects */
};

#define NO_KIND SIZE_MAX

struct table {
	struct group *list;
	size_t count;
	struct map by_label; /* hash of the label -> index; labels of one hash share a group */
};

struct search_groups {
	struct table places, kinds;
};

static void table_deinit(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->list[i].label);
	free(table->list);
	map_deinit(&table->by_label);
}

void search_groups_free(struct search_groups *groups)
{
	if (!groups)
		return;
	table_deinit(&groups->places);
	table_deinit(&groups->kinds);
	free(groups);
}

/* --- what places have in common --------------------------------------------------------------- */

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

/* Names where in an object of its kind the place is, and not the object's address. */
static void label_place(const struct search_place *place, const struct task *crashed, char *buf,
			size_t size)
{
	const struct owner *owner = &place->owner;
	char text[256], offset[24];

	owner_format(owner, text, sizeof(text));
	if (owner->kind == OWNER_SLAB) {
		format_offset(offset, sizeof(offset), owner->offset);
		snprintf(buf, size, "%s object %s%s%s, %s", owner->slab.slab.cache->name, offset,
			 place->member[0] ? " " : "", place->member, state_text(&owner->slab));
	} else if (owner->kind == OWNER_STACK) {
		/* without the offset, which follows the last plus sign */
		snprintf(buf, size, "%.*s%s", (int)(strrchr(text, '+') - text) - 1, text,
			 owner->task == crashed ? ", which crashed" : "");
	} else {
		snprintf(buf, size, "%s", text);
	}
}

static void label_kind(const struct owner *owner, char *buf, size_t size)
{
	snprintf(buf, size, "%.100s objects, %s", owner->slab.slab.cache->name,
		 state_text(&owner->slab));
}

/* --- counting --------------------------------------------------------------------------------- */

/* The group of this label, added where there is none yet. */
static struct err *table_entry(struct table *table, const char *label, struct group **ret)
{
	uint64_t hash = hash_string(label), *index = map_get(&table->by_label, hash);

	if (index) {
		*ret = &table->list[*index];
		return NULL;
	}
	if (!array_grow(table->list, table->count) ||
	    !map_set(&table->by_label, hash, table->count))
		return &err_nomem;
	*ret = &table->list[table->count++];
	**ret = (struct group){.label = strdup(label), .kind = NO_KIND};
	return (*ret)->label ? NULL : &err_nomem;
}

static struct err *add_kind(struct search_groups *groups, const struct owner *owner,
			    struct group *place)
{
	bool new_place = place->count == 1;
	struct group *kind;
	char label[160];

	label_kind(owner, label, sizeof(label));
	TRY(table_entry(&groups->kinds, label, &kind));
	bool new_kind = !kind->count++;
	place->kind = (size_t)(kind - groups->kinds.list);
	kind->places += new_place;
	if (new_kind || owner->offset < kind->first)
		kind->first = owner->offset;
	if (new_kind || owner->offset > kind->last)
		kind->last = owner->offset;
	return NULL;
}

struct err *search_groups_add(struct search_groups **groups, const struct search_place *place,
			      const struct task *crashed)
{
	struct group *group;
	char label[320];

	if (!*groups && !(*groups = calloc(1, sizeof(**groups))))
		return &err_nomem;
	label_place(place, crashed, label, sizeof(label));
	TRY(table_entry(&(*groups)->places, label, &group));
	group->count++;
	return place->owner.kind == OWNER_SLAB ? add_kind(*groups, &place->owner, group) : NULL;
}

/* --- the most of them ------------------------------------------------------------------------- */

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a,
			   *y = *(const struct group *const *)b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
				    : strcmp(x->label, y->label);
}

/* If there are more than max places, all places in one kind of object are one group. */
static size_t collect(const struct search_groups *groups, size_t max, const struct group **ret)
{
	const struct table *places = &groups->places, *kinds = &groups->kinds;
	bool merge = places->count > max;
	size_t used = 0;

	for (size_t i = 0; i < places->count; i++) {
		const struct group *place = &places->list[i];

		if (!merge || place->kind == NO_KIND || kinds->list[place->kind].places < 2)
			ret[used++] = place;
	}
	for (size_t i = 0; merge && i < kinds->count; i++)
		if (kinds->list[i].places > 1)
			ret[used++] = &kinds->list[i];
	qsort(ret, used, sizeof(*ret), compare_groups);
	return used;
}

static void show_group(const struct group *group, struct search_group *ret)
{
	char first[24], last[24];

	ret->count = group->count;
	if (!group->places) {
		copy_string(ret->owner, sizeof(ret->owner), group->label);
		return;
	}
	format_offset(first, sizeof(first), group->first);
	format_offset(last, sizeof(last), group->last);
	snprintf(ret->owner, sizeof(ret->owner), "%.200s, at %" PRIu64 " offsets from %s to %s",
		 group->label, group->places, first, last);
}

size_t search_groups_list(const struct search_groups *groups, struct search_group *ret, size_t max)
{
	if (!groups)
		return 0;
	_free_ const struct group **sorted =
		calloc(groups->places.count + groups->kinds.count + 1, sizeof(*sorted));
	size_t count = sorted ? MIN(collect(groups, max, sorted), max) : 0;

	for (size_t i = 0; i < count; i++)
		show_group(sorted[i], &ret[i]);
	return count;
}
