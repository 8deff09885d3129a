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
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/types/types.h"

#define WHOLE_MAX 512 /* bytes of an object that are shown whole; of a larger one the half */

struct window {
	uint64_t from, to; /* shown */
	uint64_t bad;
	uint64_t object, size; /* 0 unknown */
	uint64_t base;	       /* of the type; types may begin inside an object */
	struct type type;
};

static const json_t *last_holder(const struct findings *findings)
{
	const struct finding *finding;
	const json_t *holder = NULL;
	size_t from = 0;

	while ((finding = findings_next(findings, FINDING_HOLDER, &from)))
		holder = finding->evidence;
	return holder;
}

/* The module whose code met the bad value: its own types come first. */
static const char *crash_module(const struct findings *findings)
{
	size_t from = 0;
	const struct finding *crash = findings_next(findings, FINDING_CRASH, &from);

	return crash ? json_string_value(
			       json_object_get(json_object_get(crash->evidence, "rip"), "module"))
		     : NULL;
}

/* "struct device_queue" as the holder has it. */
static void find_type(struct kernel *kernel, const struct findings *findings, const json_t *holder,
		      struct window *window)
{
	const char *name = json_string_value(json_object_get(holder, "type"));
	const char *space = name ? strrchr(name, ' ') : NULL;

	if (!name)
		return;
	window->type = types_find_in(kernel->types, crash_module(findings),
				     strncmp(name, "union ", 6) ? TYPE_STRUCT : TYPE_UNION,
				     space ? space + 1 : name);
	window->base =
		window->bad - (uint64_t)json_integer_value(json_object_get(holder, "offset"));
}

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
static void put_members(const struct window *window, uint64_t at, json_t *word)
{
	char low[128] = "", high[128], text[260];
	struct member member;

	if (window->type.kind == TYPE_NONE || at < window->base)
		return;
	type_describe_offset(window->type, at - window->base, low, sizeof(low), &member);
	copy_string(text, sizeof(text), low);
	if (type_describe_offset(window->type, at - window->base + 4, high, sizeof(high),
				 &member) &&
	    strcmp(low, high) && !one_array(low, high))
		snprintf(text, sizeof(text), "%s%s%s", low, *low ? ", " : "", high);
	if (*text)
		json_put(word, "member", json_escaped(text));
}

static json_t *describe_word(struct kernel *kernel, const struct window *window, uint64_t at)
{
	char text[256];
	struct owner owner;
	uint64_t value;

	if (!err_ok(memory_read_u64(kernel->memory, at, &value)))
		return NULL;
	json_t *word =
		json_pack("{s:o, s:o}", "address", json_address(at), "value", json_address(value));
	put_members(window, at, word);
	if (at == window->bad)
		json_put(word, "bad", json_true());
	if (memory_is_kernel(kernel->memory, value) && value < -4096ull) {
		owner_find(kernel, value, &owner);
		owner_format(&owner, text, sizeof(text));
		json_put(word, "points_to", json_escaped(text));
	}
	return word;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	const json_t *holder = last_holder(findings);
	struct window window = {0};

	if (!json_address_value(json_object_get(holder, "address"), &window.bad) || window.bad % 8)
		return NULL;
	find_type(kernel, findings, holder, &window);
	choose_window(kernel, &window);
	json_t *words = json_array();
	for (uint64_t at = window.from & ~7ull; at < window.to; at += 8) {
		json_t *word = describe_word(kernel, &window, at);

		if (word)
			json_array_append_new(words, word);
	}
	json_t *json = json_pack("{s:o, s:o}", "bad_at", json_address(window.bad), "words", words);
	if (window.size) {
		json_put(json, "object", json_address(window.object));
		json_put(json, "size", json_integer((json_int_t)window.size));
	}
	finding_add(findings, FINDING_CONTENTS, SEVERITY_INFO, 1.0, json, NULL);
	return NULL;
}

const struct analyzer contents_analyzer = {
	.name = "contents",
	.needs = STEP_MEMORY,
	.run = run,
};
