/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kdumpst (Arch): /var/crash/kdumpst/crash/vmcore.YYYYMMDDHHMM; nothing says when it is done. */
#include "daemon/spool/layout.h"

#include <string.h>

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	size_t before = candidates->count;

	if (dir->is_root || strcmp(dir->name, "crash"))
		return false;
	for (size_t i = 0; i < dir->count; i++)
		if (dir->entries[i].type == ENTRY_FILE &&
		    spool_dir_has_shape(dir->entries[i].name, "vmcore.999999999999"))
			candidates_add(candidates, i, SETTLE);
	return candidates->count > before;
}

const struct layout layout_kdumpst = {.name = "kdumpst", .recognize = recognize};
