/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the spool into the queue. */
#include "daemon/intake.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/jobs.h"
#include "daemon/log.h"
#include "daemon/spool/identity.h"
#include "daemon/spool/spool_path.h"
#include "daemon/store/queue.h"

static struct db *db_of(const struct daemon *daemon)
{
	return store_guard_db(daemon->guard);
}

static bool on_known(void *context, const struct spool_entry *entry, const char *path)
{
	struct daemon *daemon = context;
	bool known = false;

	/* Without a store nothing can be taken in: pass for known what is not to be looked at. */
	if (!store_guard_get(daemon->guard))
		return true;
	store_guard_check(daemon->guard,
			  queue_knows(db_of(daemon), entry->device, entry->inode, entry->size,
				      entry->mtime_ns, path, &known),
			  "look up a file");
	return known;
}

static struct err *path_of(const struct spool_scan *scan, uint32_t entry, char **ret)
{
	return asprintf(ret, "%s/%s", scan->directory, scan->dir->entries[entry].name) < 0
		       ? &err_nomem
		       : NULL;
}

/* The files of a log, in the order in which they are read, or of a dump. */
static struct err *describe_files(const struct spool_scan *scan, const struct candidate *candidate,
				  json_t *object)
{
	size_t count = candidate->made ? 0 : candidate->file_count;
	json_t *paths = json_array();
	struct err *err = NULL;

	for (size_t i = 0; i < count && !err; i++) {
		_free_ char *path = NULL;

		err = path_of(scan, candidate->files[i], &path);
		if (!err)
			json_array_append_new(paths, json_string(path));
	}
	if (count)
		json_put(object, candidate->dump == NO_ENTRY ? QUEUE_LOGS : QUEUE_PARTS, paths);
	else
		json_decref(paths);
	return err;
}

/* {"dmesg": "/var/crash/…/vmcore-dmesg.txt", …}, NULL when nothing lies beside the dump. */
static struct err *describe_companions(const struct spool_scan *scan,
				       const struct candidate *candidate, char **ret)
{
	_json_ json_t *object = json_object();

	for (int i = 0; i < COMPANION_COUNT; i++) {
		uint32_t at = candidate->companions[i];
		_free_ char *path = NULL;

		if (at == NO_ENTRY)
			continue;
		TRY(path_of(scan, at, &path));
		json_put(object, candidate_companion_name(i), json_string(path));
	}
	TRY(describe_files(scan, candidate, object));
	*ret = json_object_size(object) ? json_dumps(object, JSON_COMPACT) : NULL;
	return *ret || !json_object_size(object) ? NULL : &err_nomem;
}

/* What a log, or a dump, is already to which a file was added or in which one has grown; 0: none. */
static struct err *find_begun(struct daemon *daemon, const struct spool_scan *scan,
			      const struct candidate *candidate, int64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < candidate->file_count && !*ret; i++) {
		const struct spool_entry *entry = &scan->dir->entries[candidate->files[i]];
		_free_ char *path = NULL;

		TRY(path_of(scan, candidate->files[i], &path));
		TRY(queue_dump_of_log(db_of(daemon), entry->device, entry->inode, entry->size,
				      entry->mtime_ns, path, ret));
	}
	return NULL;
}

/* Each file leads to the one dump that it is of. */
static struct err *add_files(struct daemon *daemon, const struct spool_scan *scan,
			     const struct candidate *candidate, int64_t dump)
{
	for (size_t i = 0; i < candidate->file_count; i++) {
		const struct spool_entry *entry = &scan->dir->entries[candidate->files[i]];
		_free_ char *path = NULL;

		TRY(path_of(scan, candidate->files[i], &path));
		TRY(queue_add_file(db_of(daemon), dump,
				   &(struct queue_file){.id = {.device = entry->device,
							       .inode = entry->inode,
							       .size = entry->size,
							       .mtime_ns = entry->mtime_ns},
							.path = path,
							.directory = scan->directory},
				   time(NULL)));
	}
	return NULL;
}

static uint64_t size_of(const struct spool_scan *scan, const struct spool_file *file)
{
	const struct candidate *candidate = file->candidate;
	uint64_t size = 0;

	if (candidate->made || !candidate->file_count)
		return file->entry->size;
	for (size_t i = 0; i < candidate->file_count; i++)
		size += scan->dir->entries[candidate->files[i]].size;
	return size;
}

/* The row of a file that is to be queued. */
static struct err *put_dump(struct daemon *daemon, const struct spool_scan *scan,
			    const struct spool_file *file, const struct identity *id, int64_t *dump)
{
	struct dump_row row = {
		.uid = id->uid, .path = file->path, .size = (int64_t)size_of(scan, file)};

	TRY(find_begun(daemon, scan, file->candidate, dump));
	return *dump ? store_move_dump(store_guard_get(daemon->guard), *dump, &row)
		     : store_put_dump(store_guard_get(daemon->guard), &row, dump);
}

static struct err *take_in(struct daemon *daemon, const struct spool_scan *scan,
			   const struct spool_file *file)
{
	struct queue_file row = {.path = file->path,
				 .directory = scan->directory,
				 .layout = file->candidate->layout,
				 .format = sniff_format_name(file->format),
				 .note = *scan->note ? scan->note : NULL,
				 .crash_time = file->crash_time,
				 .log_only = file->candidate->dump == NO_ENTRY,
				 .incomplete = file->incomplete};
	_free_ char *companions = NULL;
	_close_ int fd = -1;
	struct err *err;
	int64_t dump;

	TRY(describe_companions(scan, file->candidate, &companions));
	row.companions = companions;
	err = spool_path_open(scan->root, file->path, O_RDONLY, &fd);
	if (!err)
		err = identity_read(fd, &row.id);
	if (fd >= 0) /* a freshly booted host needs its page cache for other things */
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (err) { /* gone, or no regular file any more: the next scan will see */
		log_error(LOG_DEBUG, err, "%s", file->path);
		return NULL;
	}
	/* It may have grown since it was looked at; then it is not finished after all. */
	if (row.id.size != file->entry->size || row.id.mtime_ns != file->entry->mtime_ns)
		return NULL;
	TRY(put_dump(daemon, scan, file, &row.id, &dump));
	TRY(queue_add(db_of(daemon), dump, &row, time(NULL)));
	TRY(add_files(daemon, scan, file->candidate, dump));
	return file->candidate->file_count ? jobs_repeat(daemon->jobs, dump) : NULL;
}

static struct err *forget_others(struct daemon *daemon, const struct spool_scan *scan)
{
	_free_ struct queue_key *keys = calloc(scan->finished_count + 1, sizeof(*keys));

	if (!keys)
		return &err_nomem;
	for (size_t i = 0; i < scan->finished_count; i++)
		keys[i] = (struct queue_key){scan->finished[i]->device, scan->finished[i]->inode};
	return queue_keep_only(db_of(daemon), scan->directory, keys, scan->finished_count,
			       time(NULL));
}

static struct err *take_scan(struct daemon *daemon, const struct spool_scan *scan)
{
	TRY(db_begin(db_of(daemon)));
	for (size_t i = 0; i < scan->count; i++)
		TRY(take_in(daemon, scan, &scan->files[i]));
	if (scan->whole)
		TRY(forget_others(daemon, scan));
	return db_commit(db_of(daemon));
}

static void on_scanned(void *context, const struct spool_scan *scan)
{
	struct daemon *daemon = context;

	if (!store_guard_get(daemon->guard))
		return;
	store_guard_check(daemon->guard, take_scan(daemon, scan), "queue dumps");
	if (scan->count)
		jobs_wake(daemon->jobs);
}

static void on_gone(void *context, const char *directory)
{
	struct daemon *daemon = context;

	if (store_guard_get(daemon->guard))
		store_guard_check(daemon->guard, queue_gone(db_of(daemon), directory, time(NULL)),
				  "note removed dumps");
}

struct sweep {
	struct daemon *daemon;
	char *gone[64]; /* a sweep notes that many at most; the next one finds the others */
	size_t count;
};

static void check_directory(void *context, const char *directory)
{
	struct sweep *sweep = context;
	const char *root = spool_path_root(sweep->daemon->config, directory);
	_close_ int fd = -1;
	struct err *err = NULL;

	if (sweep->count == ARRAY_SIZE(sweep->gone))
		return;
	if (root)
		err = spool_path_open(root, directory, O_PATH | O_DIRECTORY, &fd);
	if (!root || spool_path_is_gone(err))
		sweep->gone[sweep->count++] = strdup(directory);
	err_free(err);
}

/* All that lies in the spools was looked at. This finds directories that are known and gone. */
static void on_complete(void *context)
{
	struct daemon *daemon = context;
	struct sweep sweep = {.daemon = daemon};

	if (store_guard_get(daemon->guard))
		store_guard_check(daemon->guard,
				  queue_directories(db_of(daemon), check_directory, &sweep),
				  "list directories");
	for (size_t i = 0; i < sweep.count; i++) {
		if (sweep.gone[i])
			on_gone(daemon, sweep.gone[i]);
		free(sweep.gone[i]);
	}
	jobs_hold(daemon->jobs, false);
}

struct spool_events intake_events(struct daemon *daemon)
{
	return (struct spool_events){on_known, on_scanned, on_gone, on_complete, daemon};
}
