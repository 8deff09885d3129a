/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SUSE: [<host>-]YYYY-MM-DD-HH-MM/ (2.x) or …-HH:MM/ (1.x) with README.txt, dmesg or dmesg.txt,
 * vmcore or, split, vmcore0, vmcore1, … There is no temporary name: 2.x says in README.txt that
 * the file "will be overwritten when the dump is finished", and in the end how it went. 1.x has
 * no sign at all.
 */
#include "daemon/spool/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static void attach(const struct spool_dir *dir, struct candidate *candidate)
{
	candidate->companions[COMPANION_DMESG] = spool_dir_find_log(dir, "dmesg");
	if (candidate->companions[COMPANION_DMESG] == NO_ENTRY)
		candidate->companions[COMPANION_DMESG] = spool_dir_find_log(dir, "dmesg.txt");
	candidate->companions[COMPANION_README] = spool_dir_find_file(dir, "README.txt");
}

/* What README.txt says of the dump: a note unless all went well. */
static enum readiness read_status(const char *readme, char *note, size_t size)
{
	const char *status = strstr(readme, "vmcore status:");
	int length;

	if (strstr(readme, "This file will be overwritten when the dump is finished"))
		return WRITING;
	if (!status)
		return SETTLE;
	status += strlen("vmcore status:");
	status += strspn(status, " \t");
	length = strcspn(status, "\r\n");
	if (!has_prefix(status, "saved successfully"))
		snprintf(note, size, "README.txt: vmcore %.*s", MIN(length, 70), status);
	return READY;
}

static size_t count_parts(const struct spool_dir *dir, uint32_t *first)
{
	size_t parts = 0;

	for (size_t i = 0; i < dir->count; i++) {
		const char *name = dir->entries[i].name;

		if (dir->entries[i].type != ENTRY_FILE || !(spool_dir_has_shape(name, "vmcore9") ||
							    spool_dir_has_shape(name, "vmcore99")))
			continue;
		parts++;
		if (!strcmp(name, "vmcore0") || *first == NO_ENTRY)
			*first = i;
	}
	return parts;
}

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	uint32_t core = spool_dir_find_file(dir, "vmcore"), first_part = NO_ENTRY;
	struct candidate *added;
	enum readiness readiness;
	size_t parts;

	if (dir->is_root || !dir->readme)
		return false;
	readiness = read_status(dir->readme, candidates->note, sizeof(candidates->note));
	parts = count_parts(dir, &first_part);
	if (core == NO_ENTRY && parts && dir->entries[first_part].set) {
		core = first_part;
	} else if (core == NO_ENTRY && parts) { /* which are no parts by what stands in them */
		snprintf(candidates->note, sizeof(candidates->note),
			 "split in %zu parts: join them with makedumpfile --reassemble", parts);
		/* A part alone is no dump; the log is worth more, if there is one. */
		if (spool_dir_find_log(dir, "dmesg.txt") == NO_ENTRY &&
		    spool_dir_find_log(dir, "dmesg") == NO_ENTRY)
			core = first_part;
	}
	if (core == NO_ENTRY && spool_dir_find_log(dir, "dmesg.txt") == NO_ENTRY &&
	    spool_dir_find_log(dir, "dmesg") == NO_ENTRY)
		return false;
	added = candidates_add(candidates, core, readiness);
	if (added)
		attach(dir, added);
	return true;
}

const struct layout layout_suse = {.name = "suse", .recognize = recognize};
