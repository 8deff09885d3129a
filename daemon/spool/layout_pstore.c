/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-pstore: <id>/ or <id>/<seq>/ with the parts that the firmware kept of a log (dmesg-efi-…, dmesg-erst-…)
 * and dmesg.txt, made of them. It is linked there whole after the parts were moved, so it is the sign of
 * the end, and the record's one log: parts are never taken by themselves.
 */
#include "daemon/spool/layout.h"

#include <string.h>

#include "base/str.h"

/* dmesg-efi-170000000002001, dmesg-ramoops-0, dmesg-erst-7012345678901234567.enc.z */
static bool is_part(const char *name)
{
	const char *number = has_prefix(name, "dmesg-") ? strchr(name + 6, '-') : NULL;

	return number && number > name + 6 && spool_dir_has_shape(number, "-9*");
}

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	uint32_t log = spool_dir_find_file(dir, "dmesg.txt");
	struct candidate *added;
	bool parts = false;

	for (size_t i = 0; i < dir->count; i++)
		parts |= dir->entries[i].type == ENTRY_FILE && is_part(dir->entries[i].name);
	if (dir->is_root || log == NO_ENTRY || !parts)
		return false;
	added = candidates_add(candidates, NO_ENTRY, READY);
	if (added)
		added->companions[COMPANION_DMESG] = log;
	return true;
}

const struct layout layout_pstore = {.name = "pstore", .recognize = recognize};
