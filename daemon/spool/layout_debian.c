/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian and Ubuntu (kdump-config): YYYYMMDDHHMM/ with
 *   dmesg.<stamp>, dump-incomplete[.gz|.bz2|.lz4|.xz|.zst] → dump.<stamp>[.ext];
 *   when makedumpfile fails, vmcore-incomplete → vmcore.<stamp>.
 * The core is compressed as a whole since 1:1.6.8.2. kernel_link, system.map_link and
 * config_link may point at what was booted.
 */
#include "daemon/spool/layout.h"

#include <string.h>

#include "base/str.h"

static void attach(const struct spool_dir *dir, struct candidate *candidate)
{
	if (!candidate)
		return;
	candidate->companions[COMPANION_DMESG] = spool_dir_find_prefixed(dir, "dmesg.");
	candidate->companions[COMPANION_KERNEL] = spool_dir_find_link(dir, "kernel_link");
	candidate->companions[COMPANION_SYSTEM_MAP] = spool_dir_find_link(dir, "system.map_link");
	candidate->companions[COMPANION_CONFIG] = spool_dir_find_link(dir, "config_link");
}

/* dump.202205021241, dump.202205021241.gz, vmcore.202205021241 */
static bool is_dump(const char *name)
{
	return spool_dir_has_shape(name, "dump.999999999999") ||
	       spool_dir_has_shape(name, "dump.999999999999.*") ||
	       spool_dir_has_shape(name, "vmcore.999999999999");
}

static bool is_unfinished(const char *name)
{
	return !strcmp(name, "dump-incomplete") || has_prefix(name, "dump-incomplete.") ||
	       !strcmp(name, "vmcore-incomplete");
}

/* Ends in a stamp; dumps from the network have the host's name before it. */
static bool is_dated(const char *name)
{
	size_t length = strlen(name);

	return length >= 12 && spool_dir_has_shape(name + length - 12, "999999999999");
}

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	uint32_t log = spool_dir_find_prefixed(dir, "dmesg.");
	bool dumped = false;

	if (dir->is_root || (log == NO_ENTRY && !is_dated(dir->name)))
		return false;
	for (size_t i = 0; i < dir->count; i++) {
		const struct spool_entry *entry = &dir->entries[i];

		if (entry->type != ENTRY_FILE)
			continue;
		if (is_dump(entry->name))
			attach(dir, candidates_add(candidates, i, READY));
		else if (is_unfinished(entry->name))
			attach(dir, candidates_add(candidates, i, WRITING));
		else
			continue;
		dumped = true;
	}
	if (!dumped && log != NO_ENTRY &&
	    (spool_dir_has_shape(dir->entries[log].name, "dmesg.999999999999") ||
	     spool_dir_has_shape(dir->entries[log].name, "dmesg.999999999999.*")))
		attach(dir, candidates_add(candidates, NO_ENTRY, SETTLE));
	else if (!dumped)
		return false;
	return true;
}

const struct layout layout_debian = {.name = "debian", .recognize = recognize};
