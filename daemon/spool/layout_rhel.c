/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RHEL, CentOS, Fedora (kdump-utils, dracut/99kdumpbase/kdump.sh):
 *   <host>-<date>/vmcore-dmesg-incomplete.txt → vmcore-dmesg.txt,
 *                 vmcore-incomplete → vmcore after a sync, then kexec-dmesg.log.
 * An ssh target ends as vmcore.flat, still called vmcore-incomplete while it is written.
 */
#include "daemon/spool/layout.h"

#include <string.h>

static void attach(const struct spool_dir *dir, struct candidate *candidate)
{
	if (!candidate)
		return;
	candidate->companions[COMPANION_DMESG] = spool_dir_find_log(dir, "vmcore-dmesg.txt");
	if (candidate->companions[COMPANION_DMESG] == NO_ENTRY)
		candidate->companions[COMPANION_DMESG] =
			spool_dir_find_file(dir, "vmcore-dmesg-incomplete.txt");
	candidate->companions[COMPANION_KEXEC_LOG] = spool_dir_find_file(dir, "kexec-dmesg.log");
}

/* <host>-2022-05-02-12:41:41, and the two spellings of the date before 2015. */
static bool is_dated(const char *name)
{
	static const char *const dates[] = {"9999-99-99-99:99:99", "9999.99.99-99:99:99",
					    "99.99.99-99:99:99"};

	for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
		size_t length = strlen(dates[i]);

		if (strlen(name) > length + 1 && name[strlen(name) - length - 1] == '-' &&
		    spool_dir_has_shape(name + strlen(name) - length, dates[i]))
			return true;
	}
	return false;
}

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	uint32_t writing = spool_dir_find_file(dir, "vmcore-incomplete");
	uint32_t log = spool_dir_find_log(dir, "vmcore-dmesg.txt");
	uint32_t partial_log = spool_dir_find_file(dir, "vmcore-dmesg-incomplete.txt");
	uint32_t cores[] = {spool_dir_find_file(dir, "vmcore"),
			    spool_dir_find_file(dir, "vmcore.flat")};
	bool mine = writing != NO_ENTRY || log != NO_ENTRY || partial_log != NO_ENTRY;
	bool dumped = false;

	if (dir->is_root || !(mine || is_dated(dir->name)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(cores); i++) {
		if (cores[i] == NO_ENTRY)
			continue;
		attach(dir, candidates_add(candidates, cores[i], READY));
		dumped = true;
	}
	if (writing != NO_ENTRY)
		attach(dir, candidates_add(candidates, writing, WRITING));
	else if (!dumped && log != NO_ENTRY) /* makedumpfile failed, or is yet to begin */
		attach(dir, candidates_add(candidates, NO_ENTRY, SETTLE));
	else if (!dumped && partial_log != NO_ENTRY)
		attach(dir, candidates_add(candidates, NO_ENTRY, WRITING));
	return mine || dumped;
}

const struct layout layout_rhel = {.name = "rhel", .recognize = recognize};
