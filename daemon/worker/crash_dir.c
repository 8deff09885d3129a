/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds what to read in the directory of a crash. */
#include "daemon/worker/crash_dir.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/spool/layouts.h"
#include "daemon/spool/snapshot.h"

#define NAMED_MAX 8 /* of several dumps, in the message */

/* A finished dump before one that was never finished, that before a log alone. */
static unsigned rank(const struct candidate *candidate)
{
	if (candidate->dump == NO_ENTRY)
		return 1;
	return candidate->readiness == WRITING ? 2 : 3;
}

static struct err *several(const struct spool_dir *dir, const struct candidates *candidates,
			   unsigned best)
{
	_str_ struct str names = {0};
	unsigned named = 0;

	for (size_t i = 0; i < candidates->count && named < NAMED_MAX; i++)
		if (rank(&candidates->list[i]) == best) {
			const char *name = candidate_entry(dir, &candidates->list[i])->name;

			str_puts(&names, named++ ? ", " : "");
			str_escape(&names, name, strlen(name));
		}
	return err_new(ERR_INVALID, "several dumps are in this directory, name one: %s%s",
		       names.data ? names.data : "?", named == NAMED_MAX ? ", …" : "");
}

/* Parts of pstore are read together, whatever of it. */
static bool is_parts(const struct candidate *candidate)
{
	return !strcmp(candidate->layout, "pstore") && !candidate->made;
}

static struct err *choose(const struct spool_dir *dir, const struct candidates *candidates,
			  const struct candidate **ret)
{
	unsigned best = 0, count = 0;

	if (candidates->failed)
		return &err_nomem;
	for (size_t i = 0; i < candidates->count; i++) {
		unsigned this_one = rank(&candidates->list[i]);

		if (is_parts(&candidates->list[i]))
			continue;
		count = this_one > best ? 1 : count + (this_one == best);
		if (this_one <= best)
			continue;
		best = this_one;
		*ret = &candidates->list[i];
	}
	return count > 1 ? several(dir, candidates, best) : NULL;
}

static struct err *add(struct log_set *set, const char *directory, const struct spool_entry *entry)
{
	if (set->count == LOG_SET_MAX)
		return NULL;
	if (asprintf(&set->paths[set->count], "%s/%s", directory, entry->name) < 0)
		return &err_nomem;
	set->count++;
	return NULL;
}

static struct err *look(const char *directory, const struct spool_dir *dir, struct log_set *ret)
{
	_cleanup_(candidates_deinit) struct candidates candidates = {0};
	const struct candidate *found = NULL;

	layouts_recognize(dir, &candidates);
	TRY(choose(dir, &candidates, &found));
	if (!found) {
		TRY(log_set_of_pstore(directory, ret));
		return ret->count ? NULL
				  : err_new(ERR_NOT_FOUND,
					    "no crash dump and no kernel log in \"%s\"", directory);
	}
	if (!found->file_count || found->made)
		return add(ret, directory, candidate_entry(dir, found));
	for (size_t i = 0; i < found->file_count; i++)
		TRY(add(ret, directory, &dir->entries[found->files[i]]));
	return NULL;
}

struct err *crash_dir_find(const char *directory, struct log_set *ret)
{
	_cleanup_(cleanup_snapshot_free) struct snapshot *snapshot = NULL;
	_free_ char *path = realpath(directory, NULL), *parent = path ? strdup(path) : NULL;
	size_t length = strlen(directory);
	_str_ struct str shown = {0};

	if (!parent)
		return errno == ENOMEM ? &err_nomem : err_errno(errno, "open \"%s\"", directory);
	char *slash = strrchr(parent, '/');

	slash[slash == parent] = '\0'; /* so that it is no root of a spool, whose rules differ */
	TRY(snapshot_take(parent, path, &snapshot));
	while (length > 1 && directory[length - 1] == '/')
		length--;
	str_append(&shown, directory, length);
	return shown.failed ? &err_nomem : look(shown.data, &snapshot->dir, ret);
}
