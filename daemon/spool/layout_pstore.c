/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What pstore kept of a log.
 *
 * systemd-pstore: <id>/ or <id>/<seq>/ with the parts that the firmware kept (dmesg-efi-…, dmesg-erst-…)
 * and dmesg.txt, made of them. It is linked there whole after the parts were moved, so it is the sign of
 * the end, and the log that is read.
 *
 * Parts alone, as /sys/fs/pstore has them or somebody copied them: all of one backend are one log, but
 * for those whose numbers tell of another time. Nothing says that there are no more to come.
 */
#include "daemon/spool/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "daemon/spool/log_name.h"

/* An oops and the panic behind it are one crash; a machine takes longer to come up and crash again. */
#define ONE_CRASH_S 180

static struct log_name name_of(const struct spool_dir *dir, uint32_t entry)
{
	return log_name_read(dir->entries[entry].name);
}

static bool is_part(const struct spool_dir *dir, uint32_t entry)
{
	return dir->entries[entry].type == ENTRY_FILE && name_of(dir, entry).kind == LOG_NAME_PART;
}

/* A part that the kernel could not unpack: nobody reads it, but it is the sign of a record. */
static bool has_sealed_part(const struct spool_dir *dir)
{
	for (size_t i = spool_dir_find_prefixed(dir, "dmesg-");
	     i < dir->count && has_prefix(dir->entries[i].name, "dmesg-"); i++)
		if (dir->entries[i].type == ENTRY_FILE &&
		    has_suffix(dir->entries[i].name, ".enc.z"))
			return true;
	return false;
}

static size_t find_parts(const struct spool_dir *dir, uint32_t **ret, struct candidates *candidates)
{
	size_t count = 0;

	for (size_t i = spool_dir_find_prefixed(dir, "dmesg-");
	     i < dir->count && has_prefix(dir->entries[i].name, "dmesg-"); i++) {
		if (!is_part(dir, (uint32_t)i))
			continue;
		if (!array_grow(*ret, count)) {
			candidates->failed = true;
			return 0;
		}
		(*ret)[count++] = (uint32_t)i;
	}
	return count;
}

static int by_age(const void *a, const void *b, void *of_dir)
{
	const struct log_name left = name_of(of_dir, *(const uint32_t *)a),
			      right = name_of(of_dir, *(const uint32_t *)b);

	/* One backend's together. */
	int order = left.stem == right.stem  ? memcmp(left.start, right.start, left.stem)
		    : left.stem < right.stem ? -1
					     : 1;

	return order ? order : log_name_compare(&left, &right);
}

static bool is_one_crash(const struct spool_dir *dir, uint32_t before, uint32_t entry)
{
	const struct log_name one = name_of(dir, before), other = name_of(dir, entry);

	return log_name_is_one_log(&one, &other) &&
	       log_name_time(&other) - log_name_time(&one) <= ONE_CRASH_S;
}

/* Part 1, which holds the end of the log, is written first: it is what the others join. */
static void add_parts(const struct spool_dir *dir, const uint32_t *parts, size_t count,
		      struct candidates *candidates)
{
	struct candidate *added = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!i || !is_one_crash(dir, parts[i - 1], parts[i]))
			added = candidates_add(candidates, NO_ENTRY, SETTLE);
		if (!added)
			return;
		if (added->companions[COMPANION_DMESG] == NO_ENTRY)
			added->companions[COMPANION_DMESG] = parts[i];
		candidates_add_file(candidates, added, parts[i]);
	}
}

static void add_made(const uint32_t *parts, size_t count, uint32_t log,
		     struct candidates *candidates)
{
	struct candidate *added = candidates_add(candidates, NO_ENTRY, READY);

	if (!added)
		return;
	added->companions[COMPANION_DMESG] = log;
	added->made = true;
	for (size_t i = 0; i < count; i++)
		candidates_add_file(candidates, added, parts[i]);
	candidates_add_file(candidates, added, log);
}

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	uint32_t log = dir->is_root ? NO_ENTRY : spool_dir_find_file(dir, "dmesg.txt");
	_free_ uint32_t *parts = NULL;
	size_t count = find_parts(dir, &parts, candidates);

	if (!count && (log == NO_ENTRY || !has_sealed_part(dir)))
		return false;
	if (log == NO_ENTRY && !dir->is_root && spool_dir_has_dump(dir))
		return false;
	if (count)
		qsort_r(parts, count, sizeof(*parts), by_age, (void *)dir);
	if (log != NO_ENTRY)
		add_made(parts, count, log, candidates);
	else
		add_parts(dir, parts, count, candidates);
	return !dir->is_root; /* where anything else may lie as well */
}

const struct layout layout_pstore = {.name = "pstore", .recognize = recognize};
