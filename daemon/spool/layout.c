/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/spool/layout.h"

#include <ctype.h>
#include <string.h>

static const struct layout *const layouts[] = {
#define LAYOUT(name) &layout_##name,
#include "daemon/spool/layouts.def"
#undef LAYOUT
};

void layouts_recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
		if (layouts[i]->recognize(dir, candidates))
			return;
}

void candidates_deinit(struct candidates *candidates)
{
	free(candidates->list);
	*candidates = (struct candidates){0};
}

struct candidate *candidates_add(struct candidates *candidates, const char *layout, uint32_t dump,
				 enum readiness readiness)
{
	struct candidate *list, *added;

	if (candidates->count == CANDIDATES_MAX) {
		candidates->failed = true;
		return NULL;
	}
	if (!(candidates->count & (candidates->count - 1))) { /* full at each power of two */
		size_t room = candidates->count ? 2 * candidates->count : 1;

		list = reallocarray(candidates->list, room, sizeof(*list));
		if (!list) {
			candidates->failed = true;
			return NULL;
		}
		candidates->list = list;
	}
	added = &candidates->list[candidates->count++];
	*added = (struct candidate){.layout = layout, .dump = dump, .readiness = readiness};
	for (int i = 0; i < COMPANION_COUNT; i++)
		added->companions[i] = NO_ENTRY;
	return added;
}

const struct spool_entry *candidate_entry(const struct spool_dir *dir,
					  const struct candidate *candidate)
{
	size_t at = candidate->dump != NO_ENTRY ? candidate->dump
						: candidate->companions[COMPANION_DMESG];

	return &dir->entries[at];
}

const char *companion_name(enum companion companion)
{
	static const char *const names[COMPANION_COUNT] = {
		[COMPANION_DMESG] = "dmesg",	       [COMPANION_README] = "readme",
		[COMPANION_KEXEC_LOG] = "kexec_log",   [COMPANION_KERNEL] = "kernel",
		[COMPANION_SYSTEM_MAP] = "system_map", [COMPANION_CONFIG] = "config",
	};

	return names[companion];
}

bool is_file(const struct spool_entry *entry)
{
	return entry->type == ENTRY_FILE;
}

uint32_t find_file(const struct spool_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->count; i++)
		if (is_file(&dir->entries[i]) && !strcmp(dir->entries[i].name, name))
			return i;
	return NO_ENTRY;
}

uint32_t find_prefixed(const struct spool_dir *dir, const char *prefix)
{
	for (size_t i = 0; i < dir->count; i++)
		if (is_file(&dir->entries[i]) && has_prefix(dir->entries[i].name, prefix))
			return i;
	return NO_ENTRY;
}

uint32_t find_link(const struct spool_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->count; i++)
		if ((dir->entries[i].type == ENTRY_SYMLINK || is_file(&dir->entries[i])) &&
		    !strcmp(dir->entries[i].name, name))
			return i;
	return NO_ENTRY;
}

bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool has_suffix(const char *text, const char *suffix)
{
	size_t length = strlen(text), part = strlen(suffix);

	return length >= part && !strcmp(text + length - part, suffix);
}

bool has_shape(const char *text, const char *shape)
{
	for (; *shape; shape++, text++) {
		if (*shape == '*')
			return true;
		if (*shape == '9' ? !isdigit((unsigned char)*text) : *text != *shape)
			return false;
	}
	return !*text;
}
