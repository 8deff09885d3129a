/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps without a directory of their own: apport's vmcore and vmcore.log, or its report (linux-image-*.crash), QEMU's and virsh's dumps
 * under any name. Here the first bytes decide, and nothing says when the writer is done.
 */
#include "daemon/spool/layout.h"

#include <string.h>

#include "base/str.h"

/* Names that writers use for what is not finished, wherever it lies. */
static bool is_unfinished(const char *name)
{
	return strstr(name, "-incomplete") || has_suffix(name, ".part") ||
	       has_suffix(name, ".tmp") || has_suffix(name, ".filepart") || name[0] == '.';
}

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	for (size_t i = 0; i < dir->count; i++) {
		const struct spool_entry *entry = &dir->entries[i];
		struct candidate *added;

		if (entry->type != ENTRY_FILE)
			continue;
		/* Compressed files are dumps only where their name says so: logs rotate here too.
		 */
		if (entry->format == SNIFF_NONE && strcmp(entry->name, "vmcore"))
			continue;
		if (sniff_is_packed(entry->format) && entry->format != SNIFF_APPORT &&
		    !strstr(entry->name, "core") && !strstr(entry->name, "dump"))
			continue;
		added = candidates_add(candidates, i,
				       is_unfinished(entry->name) ? WRITING : SETTLE);
		if (added && !strcmp(entry->name, "vmcore"))
			added->companions[COMPANION_DMESG] = spool_dir_find_log(dir, "vmcore.log");
	}
	return true;
}

const struct layout layout_flat = {.name = "flat", .recognize = recognize};
