/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "describe.h"
#include "kernel/object.h"

/* --- groups ----------------------------------------------------------------------------------- */

struct hit_groups {
	json_t *counts; /* label -> count */
};

struct err *hit_groups_new(struct hit_groups **ret)
{
	_cleanup_(cleanup_hit_groups_free) struct hit_groups *groups = calloc(1, sizeof(*groups));

	if (!groups)
		return &err_nomem;
	groups->counts = json_object();
	if (!groups->counts)
		return &err_nomem;
	*ret = take_ptr(groups);
	return NULL;
}

void hit_groups_free(struct hit_groups *groups)
{
	if (groups)
		json_decref(groups->counts);
	free(groups);
}

/* What hits have in common: not the object's address, but where in such an object they stand. */
static void label(const struct hit *hit, const struct task *crashed, char *buf, size_t size)
{
	const struct owner *owner = &hit->owner;
	char text[256];

	owner_text(owner, text, sizeof(text));
	if (owner->kind == OWNER_SLAB)
		snprintf(buf, size, "%s object %s0x%" PRIx64 "%s%s, %s", owner->slab.slab.cache->name,
			 owner->offset < 0 ? "-" : "+",
			 (uint64_t)(owner->offset < 0 ? -owner->offset : owner->offset),
			 hit->member[0] ? " " : "", hit->member,
			 owner->slab.state == OBJECT_ALLOCATED ? "allocated"
			 : owner->slab.state == OBJECT_FREE    ? "free"
							       : "state unknown");
	else if (owner->kind == OWNER_STACK)
		/* Without the offset behind the last plus sign. */
		snprintf(buf, size, "%.*s%s", (int)(strrchr(text, '+') - text) - 1, text,
			 owner->task && owner->task == crashed ? ", which crashed" : "");
	else
		snprintf(buf, size, "%s", text);
}

static void add(struct hit_groups *groups, const char *text)
{
	json_t *count = json_object_get(groups->counts, text);

	json_object_set_new(groups->counts, text, json_integer(json_integer_value(count) + 1));
}

struct group {
	const char *text;
	json_int_t count;
};

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
				    : strcmp(x->text, y->text);
}

json_t *hit_groups_json(const struct hit_groups *groups, size_t max)
{
	size_t size = json_object_size(groups->counts), i = 0;
	_free_ struct group *sorted = calloc(size + 1, sizeof(*sorted));
	json_t *array = json_array(), *count;
	const char *text;

	if (!sorted)
		return array;
	json_object_foreach(groups->counts, text, count)
		sorted[i++] = (struct group){text, json_integer_value(count)};
	qsort(sorted, size, sizeof(*sorted), compare_groups);
	for (i = 0; i < MIN(size, max); i++)
		json_array_append_new(array,
				      json_pack("{s:o, s:I}", "owner", json_text0(sorted[i].text),
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
	char text[320];

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
		label(&hit, crashed, text, sizeof(text));
		add(groups, text);
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
		json_put(json, "member", json_text0(hit->member));
	return json;
}
