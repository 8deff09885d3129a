/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: nothing of its own; shows the words around the bad value, with the member each belongs
 *   to and what it points to: the hexdump an engineer would look at first.
 * Needs: memory.
 * False positives: member names are those of the holder's type, which provenance may have inferred.
 * Kernel commits: none.
 */
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/array.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/types/types.h"
#include "memory/kernel_pointer.h"
#include "memory/memory_found.h"

#define WHOLE_MAX 512 /* bytes of an object shown whole; of a larger one half as many are shown */

struct window {
	uint64_t from, to; /* shown */
	uint64_t bad;
	uint64_t object, size; /* 0 unknown */
	uint64_t base;	       /* where the type begins: it may be part of a larger object */
	struct type type;
};

static void choose_window(struct kernel *kernel, struct window *window)
{
	struct owner owner;

	owner_find(kernel, window->bad, &owner);
	window->from = window->bad - WHOLE_MAX / 4;
	window->to = window->bad + WHOLE_MAX / 4;
	if (owner.kind == OWNER_SLAB && owner.size <= UINT32_MAX) {
		window->object = owner.start;
		window->size = owner.size;
	} else if (window->type.kind != TYPE_NONE) {
		window->object = window->base;
		window->size = type_size(window->type);
	}
	if (!window->size || window->bad < window->object ||
	    window->bad - window->object >= window->size)
		return;
	uint64_t end = window->object + window->size;
	if (window->size <= WHOLE_MAX) {
		window->from = window->object;
		window->to = end;
	} else {
		window->from = MAX(window->from, window->object);
		window->to = MIN(window->to, end);
	}
}

/* Elements of one array: "name[8]" and "name[12]". */
static bool one_array(const char *a, const char *b)
{
	size_t length = strcspn(a, "[");

	return a[length] && !strncmp(a, b, length + 1);
}

/* The members in these eight bytes: one, or the two halves' ("size, depth"). */
static void name_members(const struct window *window, struct contents_word *word)
{
	char low[128] = "", high[128];
	uint64_t offset = word->address - window->base;
	struct member member;

	if (window->type.kind == TYPE_NONE || word->address < window->base)
		return;
	type_describe_offset(window->type, offset, low, sizeof(low), &member);
	copy_string(word->member, sizeof(word->member), low);
	if (type_describe_offset(window->type, offset + 4, high, sizeof(high), &member) &&
	    strcmp(low, high) && !one_array(low, high))
		snprintf(word->member, sizeof(word->member), "%s%s%s", low, *low ? ", " : "", high);
}

/* A word that cannot be read is left out. */
static void add_word(struct kernel *kernel, const struct window *window, uint64_t at,
		     struct contents *contents)
{
	struct contents_word word = {.address = at};
	struct owner owner;

	if (!err_ok(memory_read_u64(kernel->memory, at, &word.value)))
		return;
	name_members(window, &word);
	if (kernel_pointer_is(kernel->memory, word.value)) {
		owner_find(kernel, word.value, &owner);
		owner_format(&owner, word.points_to, sizeof(word.points_to));
	}
	if (array_grow(contents->words, contents->count))
		contents->words[contents->count++] = word;
}

static struct err *run(struct analysis *analysis)
{
	struct memory_facts *facts = &analysis->memory;
	struct contents *contents = &facts->contents;
	const struct holder *holder =
		facts->holder_count ? &facts->holders[facts->holder_count - 1] : NULL;

	if (!holder || holder->address % 8)
		return NULL;
	struct window window = {.bad = holder->address, .type = holder->type};
	if (window.type.kind != TYPE_NONE)
		window.base = window.bad - (uint64_t)holder->offset;
	choose_window(analysis->kernel, &window);
	*contents = (struct contents){
		.bad_at = window.bad, .object = window.object, .size = window.size};
	for (uint64_t at = window.from & ~7ull; at < window.to; at += 8)
		add_word(analysis->kernel, &window, at, contents);
	memory_found_contents(analysis);
	return NULL;
}

const struct analyzer contents_analyzer = {
	.name = "contents",
	.needs = STEP_MEMORY,
	.run = run,
};
