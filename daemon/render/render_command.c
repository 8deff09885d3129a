/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands in a verdict's next steps, ready to be pasted. */
#include "daemon/render/render_command.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/render/sections.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,="

/* As a word of the shell, and no option. */
static void put_word(const char *word, struct str *out)
{
	const char *dot = *word == '-' ? "./" : "";

	if (!word[strspn(word, PLAIN)]) {
		str_printf(out, "%s%s", dot, word);
		return;
	}
	str_printf(out, "'%s", dot);
	for (; *word; word++)
		*word == '\'' ? str_puts(out, "'\\''") : str_append(out, word, 1);
	str_puts(out, "'");
}

/* The section whose option text begins with, or all of it as JSON; NULL: none. */
static const char *part_at(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz-");

	for (enum section_id id = 0; id < SECTION_COUNT; id++) {
		const char *name = section_by_id(id)->name;

		if (strlen(name) == length && !strncmp(name, text, length))
			return name;
	}
	return length == 4 && has_prefix(text, "json") ? "json" : NULL;
}

static void put_command(const char *part, const json_t *report, const struct render_record *record,
			struct str *out)
{
	const char *path = json_string_at(report, "dump.path");

	if (record) {
		str_printf(out, "triage show %" PRId64 " --%s", record->id, part);
		return;
	}
	str_printf(out, "triage analyze --%s ", part);
	put_word(path && *path && strcmp(path, "-") != 0 ? path : "FILE", out);
}

void render_command(const char *text, const json_t *report, const struct render_record *record,
		    struct str *out)
{
	static const char *const verbs[] = {"triage show --", "triage analyze --"};

	while (*text) {
		const char *part = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(verbs) && !part; i++)
			if (has_prefix(text, verbs[i]))
				part = part_at(text + strlen(verbs[i]));
		if (!part) {
			str_append(out, text++, 1);
			continue;
		}
		put_command(part, report, record, out);
		text = strstr(text, "--") + 2 + strlen(part);
	}
}
