/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps without a directory of their own:
 *   SteamOS   …/kdump/crash/YYYYMMDDHHMM/{dmesg.txt,vmcore.compressed}
 *   kdumpst   (Arch) /var/crash/kdumpst/crash/vmcore.YYYYMMDDHHMM
 *   flat      anything else: apport's vmcore and vmcore.log, QEMU's and virsh's dumps under any
 *             name. Here the first bytes decide, and nothing says when the writer is done.
 */
#include "daemon/spool/layout.h"

#include <string.h>

static bool recognize_steamos(const struct spool_dir *dir, struct candidates *candidates)
{
	uint32_t core = find_file(dir, "vmcore.compressed"), log = find_file(dir, "dmesg.txt");
	struct candidate *added;

	if (dir->is_root ||
	    (core == NO_ENTRY && (log == NO_ENTRY || !has_shape(dir->name, "999999999999"))))
		return false;
	added = candidates_add(candidates, "steamos", core, SETTLE);
	if (added)
		added->companions[COMPANION_DMESG] = log;
	return true;
}

const struct layout layout_steamos = {.name = "steamos", .recognize = recognize_steamos};

static bool recognize_kdumpst(const struct spool_dir *dir, struct candidates *candidates)
{
	size_t before = candidates->count;

	if (dir->is_root || strcmp(dir->name, "crash"))
		return false;
	for (size_t i = 0; i < dir->count; i++)
		if (is_file(&dir->entries[i]) &&
		    has_shape(dir->entries[i].name, "vmcore.999999999999"))
			candidates_add(candidates, "kdumpst", i, SETTLE);
	return candidates->count > before;
}

const struct layout layout_kdumpst = {.name = "kdumpst", .recognize = recognize_kdumpst};

/* Names that writers use for what is not finished, wherever it lies. */
static bool is_unfinished(const char *name)
{
	return strstr(name, "-incomplete") || has_suffix(name, ".part") ||
	       has_suffix(name, ".tmp") || has_suffix(name, ".filepart") || name[0] == '.';
}

static bool recognize_flat(const struct spool_dir *dir, struct candidates *candidates)
{
	for (size_t i = 0; i < dir->count; i++) {
		const struct spool_entry *entry = &dir->entries[i];
		struct candidate *added;

		if (!is_file(entry))
			continue;
		/* Compressed files are dumps only where their name says so: logs rotate here too.
		 */
		if (entry->format == SNIFF_NONE && strcmp(entry->name, "vmcore"))
			continue;
		if (sniff_is_packed(entry->format) && !strstr(entry->name, "core") &&
		    !strstr(entry->name, "dump"))
			continue;
		added = candidates_add(candidates, "flat", i,
				       is_unfinished(entry->name) ? WRITING : SETTLE);
		if (added && !strcmp(entry->name, "vmcore"))
			added->companions[COMPANION_DMESG] = find_file(dir, "vmcore.log");
	}
	return true;
}

const struct layout layout_flat = {.name = "flat", .recognize = recognize_flat};
