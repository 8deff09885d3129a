/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding files in a spool's directory by their names. */
#include "daemon/spool/spool_dir.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"

/* The first entry that does not stand before name in the order of names. */
static size_t find_place(const struct spool_dir *dir, const char *name)
{
	return array_first(dir->count, i, strcmp(dir->entries[i].name, name) >= 0);
}

static const struct spool_entry *find(const struct spool_dir *dir, const char *name)
{
	size_t at = find_place(dir, name);

	return at < dir->count && !strcmp(dir->entries[at].name, name) ? &dir->entries[at] : NULL;
}

static uint32_t index_of(const struct spool_dir *dir, const struct spool_entry *entry)
{
	return (uint32_t)(entry - dir->entries);
}

uint32_t spool_dir_find_file(const struct spool_dir *dir, const char *name)
{
	const struct spool_entry *entry = find(dir, name);

	return entry && entry->type == ENTRY_FILE ? index_of(dir, entry) : NO_ENTRY;
}

uint32_t spool_dir_find_prefixed(const struct spool_dir *dir, const char *prefix)
{
	for (size_t i = find_place(dir, prefix);
	     i < dir->count && has_prefix(dir->entries[i].name, prefix); i++)
		if (dir->entries[i].type == ENTRY_FILE)
			return i;
	return NO_ENTRY;
}

uint32_t spool_dir_find_log(const struct spool_dir *dir, const char *name)
{
	static const char *const suffixes[] = {"", ".gz", ".bz2", ".xz", ".zst", ".lz4"};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		char full[NAME_MAX + 1];
		uint32_t at;

		if ((size_t)snprintf(full, sizeof(full), "%s%s", name, suffixes[i]) >= sizeof(full))
			return NO_ENTRY;
		at = spool_dir_find_file(dir, full);
		if (at != NO_ENTRY)
			return at;
	}
	return NO_ENTRY;
}

uint32_t spool_dir_find_link(const struct spool_dir *dir, const char *name)
{
	const struct spool_entry *entry = find(dir, name);

	return entry && (entry->type == ENTRY_SYMLINK || entry->type == ENTRY_FILE)
		       ? index_of(dir, entry)
		       : NO_ENTRY;
}

static bool is_dump(const struct spool_entry *entry)
{
	if (entry->type != ENTRY_FILE)
		return false;
	return entry->format == SNIFF_APPORT ||
	       (entry->format != SNIFF_NONE && !sniff_is_packed(entry->format)) ||
	       (has_prefix(entry->name, "vmcore") && !has_prefix(entry->name, "vmcore-dmesg"));
}

bool spool_dir_has_dump(const struct spool_dir *dir)
{
	for (size_t i = 0; i < dir->count; i++)
		if (is_dump(&dir->entries[i]))
			return true;
	return false;
}

bool spool_dir_has_shape(const char *name, const char *shape)
{
	for (; *shape; shape++, name++) {
		if (*shape == '*')
			return true;
		if (*shape == '9' ? !isdigit((unsigned char)*name) : *name != *shape)
			return false;
	}
	return !*name;
}
