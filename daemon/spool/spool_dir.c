/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding files in a spool's directory by their names. */
#include "daemon/spool/spool_dir.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

uint32_t spool_dir_find_file(const struct spool_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->count; i++)
		if (dir->entries[i].type == ENTRY_FILE && !strcmp(dir->entries[i].name, name))
			return i;
	return NO_ENTRY;
}

uint32_t spool_dir_find_prefixed(const struct spool_dir *dir, const char *prefix)
{
	for (size_t i = 0; i < dir->count; i++)
		if (dir->entries[i].type == ENTRY_FILE && has_prefix(dir->entries[i].name, prefix))
			return i;
	return NO_ENTRY;
}

uint32_t spool_dir_find_log(const struct spool_dir *dir, const char *name)
{
	static const char *const suffixes[] = {"", ".gz", ".bz2", ".xz", ".zst", ".lz4"};
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		for (size_t j = 0; j < dir->count; j++) {
			const struct spool_entry *entry = &dir->entries[j];

			if (entry->type == ENTRY_FILE && has_prefix(entry->name, name) &&
			    !strcmp(entry->name + length, suffixes[i]))
				return j;
		}
	return NO_ENTRY;
}

uint32_t spool_dir_find_link(const struct spool_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->count; i++)
		if ((dir->entries[i].type == ENTRY_SYMLINK || dir->entries[i].type == ENTRY_FILE) &&
		    !strcmp(dir->entries[i].name, name))
			return i;
	return NO_ENTRY;
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
