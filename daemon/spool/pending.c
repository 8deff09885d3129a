/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps that may still be written: how long each has been quiet. */
#include "daemon/spool/pending.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

static struct pending_dump *find(const struct pending *pending, const struct spool_entry *entry)
{
	for (size_t i = 0; i < pending->count; i++)
		if (pending->list[i].inode == entry->inode &&
		    pending->list[i].device == entry->device)
			return &pending->list[i];
	return NULL;
}

static bool is_unchanged(const struct pending_dump *dump, const struct spool_entry *entry)
{
	return dump->size == entry->size && dump->mtime_ns == entry->mtime_ns;
}

int64_t pending_quiet_ms(const struct pending *pending, const struct spool_entry *entry,
			 int64_t now_ms, int64_t wall_ns)
{
	const struct pending_dump *dump = find(pending, entry);
	int64_t seen = dump && is_unchanged(dump, entry) ? now_ms - dump->since_ms : 0;
	/* A time in the future (NFS) or before 1970 does not say how long it has been quiet. */
	int64_t old = entry->mtime_ns > 0 && entry->mtime_ns < wall_ns
			      ? (wall_ns - entry->mtime_ns) / 1000000
			      : 0;

	return MAX(seen, old);
}

void pending_begin(struct pending *pending, const char *directory)
{
	for (size_t i = 0; i < pending->count; i++)
		if (!strcmp(pending->list[i].directory, directory))
			pending->list[i].stale = true;
}

static void clear(struct pending_dump *dump)
{
	free(dump->path);
	free(dump->directory);
}

static struct err *append(struct pending *pending, const char *directory,
			  const struct spool_entry *entry, struct pending_dump **ret)
{
	struct pending_dump dump = {.device = entry->device, .inode = entry->inode};

	if (!array_grow(pending->list, pending->count))
		return &err_nomem;
	dump.directory = strdup(directory);
	if (asprintf(&dump.path, "%s/%s", directory, entry->name) < 0)
		dump.path = NULL;
	if (!dump.directory || !dump.path) {
		clear(&dump);
		return &err_nomem;
	}
	pending->list[pending->count] = dump;
	*ret = &pending->list[pending->count++];
	return NULL;
}

struct err *pending_keep(struct pending *pending, const char *directory,
			 const struct spool_entry *entry, const struct pending_rule *rule,
			 int64_t now_ms, int64_t wall_ns)
{
	int64_t quiet = pending_quiet_ms(pending, entry, now_ms, wall_ns);
	struct pending_dump *dump = find(pending, entry);

	if (!dump)
		TRY(append(pending, directory, entry, &dump));
	if (!is_unchanged(dump, entry) || !dump->since_ms)
		dump->since_ms = now_ms;
	dump->size = entry->size;
	dump->mtime_ns = entry->mtime_ns;
	dump->why = rule->why;
	dump->due_ms = now_ms + MAX(rule->quiet_ms - quiet, 100);
	dump->stale = false;
	return NULL;
}

void pending_end(struct pending *pending, const char *directory)
{
	size_t kept = 0;

	for (size_t i = 0; i < pending->count; i++) {
		if (pending->list[i].stale && !strcmp(pending->list[i].directory, directory))
			clear(&pending->list[i]);
		else
			pending->list[kept++] = pending->list[i];
	}
	pending->count = kept;
}

const struct pending_dump *pending_first(const struct pending *pending)
{
	const struct pending_dump *first = NULL;

	for (size_t i = 0; i < pending->count; i++)
		if (!first || pending->list[i].due_ms < first->due_ms)
			first = &pending->list[i];
	return first;
}

const struct pending_dump *pending_find(const struct pending *pending, const char *path)
{
	for (size_t i = 0; i < pending->count; i++)
		if (!strcmp(pending->list[i].path, path))
			return &pending->list[i];
	return NULL;
}

json_t *pending_json(const struct pending *pending, int64_t now_ms)
{
	json_t *list = json_array();

	for (size_t i = 0; i < MIN(pending->count, PENDING_SHOWN); i++) {
		const struct pending_dump *dump = &pending->list[i];
		json_t *item = json_object();

		json_put(item, "path", json_escaped(dump->path));
		json_put(item, "why", json_escaped(dump->why));
		json_put(item, "size", json_integer(dump->size));
		json_put(item, "due_s", json_integer(MAX(0, dump->due_ms - now_ms) / 1000));
		json_array_append_new(list, item);
	}
	return list;
}

void pending_deinit(struct pending *pending)
{
	for (size_t i = 0; i < pending->count; i++)
		clear(&pending->list[i]);
	free(pending->list);
	*pending = (struct pending){0};
}
