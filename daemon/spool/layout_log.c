/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log that somebody put there: a console's or syslog's file under a name that these have, with what logrotate
 * made of it (console.log.1, console.log.2.gz, messages-20260101.xz). All of it is one crash. Beside a dump
 * it is none; in a root, dumps may be other crashes'.
 */
#include "daemon/spool/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/spool/log_name.h"

/* Of several logs of one machine the first of these: the console has most of a crash. */
static const char *const names[] = {"console.log", "console",	 "serial.log", "netconsole.log",
				    "kern.log",	   "kernel.log", "messages",   "syslog",
				    "dmesg",	   "dmesg.log",	 "dmesg.txt",  "kmsg"};

static bool is_of(const struct spool_entry *entry, const char *log)
{
	const struct log_name name = log_name_read(entry->name);

	return entry->type == ENTRY_FILE && entry->size && name.kind != LOG_NAME_PART &&
	       (entry->format == SNIFF_NONE || sniff_is_packed(entry->format)) &&
	       name.stem == strlen(log) && !memcmp(name.start, log, name.stem);
}

static int by_age(const void *a, const void *b, void *of_dir)
{
	const struct spool_dir *dir = of_dir;
	const struct log_name left = log_name_read(dir->entries[*(const uint32_t *)a].name),
			      right = log_name_read(dir->entries[*(const uint32_t *)b].name);

	return log_name_compare(&left, &right);
}

/* Known by its newest file, which the others join. */
static bool add_log(const struct spool_dir *dir, const char *log, struct candidates *candidates)
{
	struct candidate *added = NULL;

	for (size_t i = spool_dir_find_prefixed(dir, log);
	     i < dir->count && has_prefix(dir->entries[i].name, log); i++) {
		if (!is_of(&dir->entries[i], log))
			continue;
		added = added ? added : candidates_add(candidates, NO_ENTRY, SETTLE);
		if (!added)
			return true;
		candidates_add_file(candidates, added, (uint32_t)i);
	}
	if (!added || !added->file_count)
		return added;
	qsort_r(added->files, added->file_count, sizeof(*added->files), by_age, (void *)dir);
	added->companions[COMPANION_DMESG] = added->files[added->file_count - 1];
	return true;
}

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	if (!dir->is_root && spool_dir_has_dump(dir))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (add_log(dir, names[i], candidates))
			return !dir->is_root;
	return false;
}

const struct layout layout_log = {.name = "log", .recognize = recognize};
