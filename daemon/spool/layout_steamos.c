/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SteamOS: …/kdump/crash/YYYYMMDDHHMM/{dmesg.txt,vmcore.compressed}: no sign of its end. */
#include "daemon/spool/layout.h"

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	uint32_t core = spool_dir_find_file(dir, "vmcore.compressed"),
		 log = spool_dir_find_log(dir, "dmesg.txt");
	struct candidate *added;

	if (dir->is_root || (core == NO_ENTRY &&
			     (log == NO_ENTRY || !spool_dir_has_shape(dir->name, "999999999999"))))
		return false;
	added = candidates_add(candidates, core, SETTLE);
	if (added)
		added->companions[COMPANION_DMESG] = log;
	return true;
}

const struct layout layout_steamos = {.name = "steamos", .recognize = recognize};
