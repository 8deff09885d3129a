/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps that may still be written: how long each has been quiet. */
#include "daemon/spool/pending.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

/* Directories that have nothing are forgotten when they are more than the others, and this many. */
#define IDLE_DIRS 1024

/* --- directories --- */

static void clear_list(struct pending_dir *dir)
{
	for (size_t i = 0; i < dir->count; i++)
		free(dir->list[i].name);
	free(dir->list);
	dir->list = NULL;
	dir->count = 0;
	dir->unlisted = 0;
	dir->due_ms = -1;
}

static struct pending_dir *find_dir(const struct pending *pending, const char *path, size_t length)
{
	const uint64_t *index = map_get(&pending->by_path, hash_bytes(path, length));
	struct pending_dir *dir = index ? &pending->dirs[*index] : NULL;

	return dir && !strncmp(dir->path, path, length) && !dir->path[length] ? dir : NULL;
}

/* Give back what directories without a dump take. */
static void forget_idle(struct pending *pending)
{
	size_t kept = 0;

	map_deinit(&pending->by_path);
	pending->by_path = (struct map){0};
	for (size_t i = 0; i < pending->dir_count; i++) {
		struct pending_dir *dir = &pending->dirs[i];

		if (!dir->count || !map_set(&pending->by_path, hash_string(dir->path), kept)) {
			pending->count -= dir->count;
			clear_list(dir);
			free(dir->path);
			continue;
		}
		pending->dirs[kept++] = *dir;
	}
	pending->dir_count = kept;
}

static size_t idle_dirs(const struct pending *pending)
{
	size_t idle = 0;

	for (size_t i = 0; i < pending->dir_count; i++)
		idle += !pending->dirs[i].count;
	return idle;
}

static struct pending_dir *add_dir(struct pending *pending, const char *path)
{
	struct pending_dir dir = {.path = strdup(path), .due_ms = -1};

	if (!dir.path || !array_grow(pending->dirs, pending->dir_count) ||
	    !map_set(&pending->by_path, hash_string(path), pending->dir_count)) {
		free(dir.path);
		return NULL;
	}
	pending->dirs[pending->dir_count] = dir;
	return &pending->dirs[pending->dir_count++];
}

/* --- a look --- */

void pending_begin(struct pending *pending, const char *directory)
{
	struct pending_dir *dir;

	clear_list(&pending->before);
	if (pending->dir_count >= 2 * IDLE_DIRS && idle_dirs(pending) > pending->dir_count / 2)
		forget_idle(pending);
	dir = find_dir(pending, directory, strlen(directory));
	if (!dir)
		dir = add_dir(pending, directory);
	pending->at = dir ? (size_t)(dir - pending->dirs) : SIZE_MAX;
	if (!dir)
		return;
	pending->before = (struct pending_dir){.list = dir->list, .count = dir->count};
	pending->count -= dir->count;
	*dir = (struct pending_dir){.path = dir->path, .due_ms = -1};
}

static int compare(uint64_t device, uint64_t inode, const struct pending_dump *dump)
{
	if (device != dump->device)
		return device < dump->device ? -1 : 1;
	return inode < dump->inode ? -1 : inode > dump->inode;
}

static int by_inode(const void *a, const void *b)
{
	const struct pending_dump *dump = a;

	return compare(dump->device, dump->inode, b);
}

/* As the look before found it; NULL when it is new or has changed since. */
static struct pending_dump *unchanged(const struct pending *pending,
				      const struct spool_entry *entry)
{
	const struct pending_dir *before = &pending->before;
	size_t at = array_first(before->count, i,
				compare(entry->device, entry->inode, &before->list[i]) <= 0);
	struct pending_dump *dump = at < before->count ? &before->list[at] : NULL;

	return dump && !compare(entry->device, entry->inode, dump) && dump->size == entry->size &&
			       dump->mtime_ns == entry->mtime_ns
		       ? dump
		       : NULL;
}

int64_t pending_quiet_ms(const struct pending *pending, const struct spool_entry *entry,
			 int64_t now_ms, int64_t wall_ns)
{
	const struct pending_dump *dump = unchanged(pending, entry);
	int64_t seen = dump ? now_ms - dump->since_ms : 0;
	/* A time in the future (NFS) or before 1970 does not say how long it has been quiet. */
	int64_t old = entry->mtime_ns > 0 && entry->mtime_ns < wall_ns
			      ? (wall_ns - entry->mtime_ns) / 1000000
			      : 0;

	return MAX(seen, old);
}

static struct err *keep(struct pending *pending, const struct spool_entry *entry,
			const struct pending_dump *dump)
{
	struct pending_dir *dir = pending->at == SIZE_MAX ? NULL : &pending->dirs[pending->at];
	char *name;

	if (dir && pending->count >= PENDING_MAX) {
		dir->unlisted++;
		return NULL;
	}
	name = dir && array_grow(dir->list, dir->count) ? strdup(entry->name) : NULL;
	if (!name)
		return &err_nomem;
	dir->list[dir->count] = *dump;
	dir->list[dir->count++].name = name;
	if (dir->due_ms < 0 || dump->due_ms < dir->due_ms)
		dir->due_ms = dump->due_ms;
	pending->count++;
	return NULL;
}

bool pending_still_waits(struct pending *pending, const struct spool_entry *entry,
			 enum readiness readiness, int64_t now_ms)
{
	const struct pending_dump *dump = unchanged(pending, entry);

	return dump && dump->readiness == readiness && dump->due_ms > now_ms &&
	       err_ok(keep(pending, entry, dump));
}

struct err *pending_keep(struct pending *pending, const struct spool_entry *entry,
			 enum readiness readiness, const struct pending_rule *rule, int64_t now_ms,
			 int64_t wall_ns)
{
	int64_t quiet = pending_quiet_ms(pending, entry, now_ms, wall_ns);
	const struct pending_dump *known = unchanged(pending, entry);
	struct pending_dump dump = {.device = entry->device,
				    .inode = entry->inode,
				    .size = entry->size,
				    .mtime_ns = entry->mtime_ns,
				    .since_ms = known ? known->since_ms : now_ms,
				    .due_ms = now_ms + MAX(rule->quiet_ms - quiet, 100),
				    .why = rule->why,
				    .readiness = readiness};

	return keep(pending, entry, &dump);
}

void pending_end(struct pending *pending)
{
	struct pending_dir *dir = pending->at == SIZE_MAX ? NULL : &pending->dirs[pending->at];

	clear_list(&pending->before);
	if (dir && dir->count)
		qsort(dir->list, dir->count, sizeof(*dir->list), by_inode);
	pending->at = SIZE_MAX;
}

/* --- what waits --- */

size_t pending_number(const struct pending *pending)
{
	const struct pending_dir *before = &pending->before;
	size_t met = pending->at < pending->dir_count ? pending->dirs[pending->at].count : 0;
	size_t number = pending->count;

	/* In the midst of a look: what it has not come to yet. */
	number += before->count > met ? before->count - met : 0;
	for (size_t i = 0; i < pending->dir_count; i++)
		number += pending->dirs[i].unlisted;
	return number;
}

int64_t pending_due_ms(const struct pending *pending)
{
	int64_t first = -1;

	for (size_t i = 0; i < pending->dir_count; i++) {
		int64_t due = pending->dirs[i].due_ms;

		if (due >= 0 && (first < 0 || due < first))
			first = due;
	}
	return first;
}

void pending_visit_due(const struct pending *pending, int64_t now_ms,
		       void (*visit)(void *context, const char *directory), void *context)
{
	for (size_t i = 0; i < pending->dir_count; i++)
		if (pending->dirs[i].due_ms >= 0 && pending->dirs[i].due_ms <= now_ms)
			visit(context, pending->dirs[i].path);
}

const struct pending_dump *pending_find(const struct pending *pending, const char *path)
{
	const char *name = strrchr(path, '/');
	const struct pending_dir *dir =
		name ? find_dir(pending, path, (size_t)(name - path)) : NULL;

	for (size_t i = 0; dir && i < dir->count; i++)
		if (!strcmp(dir->list[i].name, name + 1))
			return &dir->list[i];
	return NULL;
}

static json_t *dump_json(const struct pending_dir *dir, const struct pending_dump *dump,
			 int64_t now_ms)
{
	json_t *item = json_object();
	_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", dir->path, dump->name) < 0)
		path = NULL;
	json_put(item, "path", json_escaped(path));
	json_put(item, "why", json_escaped(dump->why));
	json_put(item, "size", json_integer(dump->size));
	json_put(item, "due_s", json_integer(MAX(0, dump->due_ms - now_ms) / 1000));
	return item;
}

json_t *pending_json(const struct pending *pending, int64_t now_ms)
{
	json_t *list = json_array();

	for (size_t i = 0; i < pending->dir_count; i++) {
		const struct pending_dir *dir = &pending->dirs[i];

		for (size_t j = 0; j < dir->count && json_array_size(list) < PENDING_SHOWN; j++)
			json_array_append_new(list, dump_json(dir, &dir->list[j], now_ms));
	}
	return list;
}

void pending_deinit(struct pending *pending)
{
	for (size_t i = 0; i < pending->dir_count; i++) {
		clear_list(&pending->dirs[i]);
		free(pending->dirs[i].path);
	}
	free(pending->dirs);
	map_deinit(&pending->by_path);
	clear_list(&pending->before);
	*pending = (struct pending){0};
}
