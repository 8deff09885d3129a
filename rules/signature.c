/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes two crashes one: their kind and the functions that are not the same in all of it. */
#include "rules/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "crash/panic_path.h"
#include "kernel/symbols/symbol_name.h"

#define FRAMES 6

static bool is_reliable(const json_t *frame)
{
	const char *found_by = json_string_at(frame, "found_by");

	return found_by && strcmp(found_by, "scan") != 0;
}

/* The functions that count, innermost first. */
static size_t interesting(const json_t *backtrace, char functions[FRAMES][128])
{
	size_t i, count = 0;
	json_t *frame;

	json_array_foreach (backtrace, i, frame) {
		const char *symbol = json_string_at(frame, "symbol");
		char name[128];

		if (!symbol || !is_reliable(frame))
			continue;
		copy_string(name, sizeof(name), symbol);
		symbol_name_strip_suffix(name);
		if (!(panic_path_roles(name) & PANIC_PATH_COMMON) && count < FRAMES)
			copy_string(functions[count++], sizeof(name), name);
	}
	return count;
}

void signature_of(const json_t *crash, const char *cause, struct signature *ret)
{
	const char *kind = json_string_at(crash, "kind");
	char functions[FRAMES][128];
	size_t count = interesting(json_object_get(crash, "backtrace"), functions);
	_str_ struct str text = {0};

	*ret = (struct signature){.fuzzy = json_array()};
	if (!kind)
		return;
	str_puts(&text, kind);
	for (size_t i = 0; i < count; i++)
		str_printf(&text, "\n%s", functions[i]);
	if (count && !text.failed)
		snprintf(ret->exact, sizeof(ret->exact), "%016" PRIx64,
			 hash_bytes(text.data, text.length));
	/* The first function, and its caller: inlining may hide either in another build. */
	for (size_t i = 0; i < MIN(count, 2u); i++) {
		json_array_append_new(ret->fuzzy, json_sprintf("%s in %s", kind, functions[i]));
		if (cause && strcmp(cause, kind) != 0)
			json_array_append_new(ret->fuzzy,
					      json_sprintf("%s in %s", cause, functions[i]));
	}
}
