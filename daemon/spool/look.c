/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at one directory: which of its files are dumps, and which of them are finished. */
#include "daemon/spool/look.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/loop.h"
#include "daemon/spool/layouts.h"
#include "daemon/spool/spool_path.h"
#include "kernel/dump/dump_part.h"

/* New dumps that are told of at once: the store's transaction must not take long. */
#define SLICE_NEW 64

struct look {
	const struct look_context *context;
	const char *root;
	struct snapshot *snapshot;
	bool read; /* the snapshot is whole, and candidates are known */
	struct candidates candidates;
	const struct spool_entry **finished; /* so far */
	size_t finished_count;
	struct spool_scan scan; /* what the next slice tells of */
	size_t next;		/* candidate */
	bool over;
};

/* --- is it finished? --- */

static struct err *look_inside_one(const struct look *look, const struct spool_file *file,
				   struct sniff *sniff)
{
	_close_ int fd = -1;
	struct err *err = spool_path_open(look->root, file->path, O_RDONLY, &fd);

	if (!err)
		err = sniff_file(fd, file->entry->size, sniff);
	if (fd >= 0)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return err;
}

static struct err *open_part(const struct look *look, uint32_t entry, int *ret)
{
	_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", look->snapshot->path,
		     look->snapshot->dir.entries[entry].name) < 0)
		return &err_nomem;
	return spool_path_open(look->root, path, O_RDONLY, ret);
}

/* Of a dump in several files, all. */
static struct err *look_inside_parts(const struct look *look, const struct candidate *candidate,
				     struct sniff *sniff)
{
	size_t count = 0;
	int fds[DUMP_PARTS_MAX];
	struct err *err = NULL;

	for (; count < MIN(candidate->file_count, DUMP_PARTS_MAX) && !err; count++) {
		fds[count] = -1;
		err = open_part(look, candidate->files[count], &fds[count]);
	}
	if (!err)
		err = sniff_set(fds, count, sniff);
	while (count)
		cleanup_close(&fds[--count]);
	return err;
}

static struct err *look_inside(const struct look *look, const struct spool_file *file,
			       struct sniff *sniff)
{
	const struct candidate *candidate = file->candidate;

	return candidate->dump != NO_ENTRY && candidate->file_count
		       ? look_inside_parts(look, candidate, sniff)
		       : look_inside_one(look, file, sniff);
}

/* How long it has to be quiet before it is taken, given what its writer and its contents say. */
static struct pending_rule rule_for(const struct config *config, const struct candidate *candidate,
				    enum sniff_complete complete)
{
	bool log_only = candidate->dump == NO_ENTRY;

	if (candidate->readiness == WRITING)
		return (struct pending_rule){config->stale_time_ms, "being written"};
	if (complete == SNIFF_SHORT)
		return (struct pending_rule){config->stale_time_ms, "not all there yet"};
	if (log_only && candidate->readiness == SETTLE)
		return (struct pending_rule){config->log_only_time_ms, "a log, and no dump yet"};
	if (candidate->readiness == READY && complete == SNIFF_COMPLETE)
		return (struct pending_rule){0, "finished"};
	return (struct pending_rule){config->settle_time_ms, "may still be written"};
}

static int64_t wall_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* Of a log in several files the one that changed last: since then all have been quiet. */
static const struct spool_entry *latest(const struct look *look, const struct spool_file *file)
{
	const struct spool_entry *entries = look->snapshot->dir.entries, *found = file->entry;

	for (size_t i = 0; i < file->candidate->file_count; i++) {
		const struct spool_entry *entry = &entries[file->candidate->files[i]];

		if (entry->ctime_ns > found->ctime_ns)
			found = entry;
	}
	return found;
}

/* Fill in file, which is not known; *finished when it is so, else it is kept among the pending. */
static struct err *examine_new(const struct look *look, struct spool_file *file, bool *finished)
{
	const struct look_context *context = look->context;
	const struct spool_entry *entry = latest(look, file);
	int64_t now = loop_now_ms(), wall = wall_clock_ns();
	enum readiness readiness = file->candidate->readiness;
	struct pending_rule rule;
	struct sniff sniff = {0};

	if (pending_still_waits(context->pending, entry, readiness, now))
		return NULL;
	_err_ struct err *err = look_inside(look, file, &sniff);
	if (err) {
		context->refuse(context->spool, look->snapshot->path, file->entry, err->message);
		return NULL;
	}
	rule = rule_for(context->config, file->candidate, sniff.complete);
	file->format = sniff.format;
	file->crash_time = sniff.crash_time ? sniff.crash_time : entry->mtime_ns / 1000000000;
	file->incomplete = readiness == WRITING || sniff.complete == SNIFF_SHORT;
	*finished = pending_quiet_ms(context->pending, entry, now, wall) >= rule.quiet_ms;
	return *finished ? NULL
			 : pending_keep(context->pending, entry, readiness, &rule, now, wall);
}

static struct err *ask_known(const struct look *look, const struct spool_entry *entry, bool *known)
{
	const struct spool_events *events = look->context->events;
	_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", look->snapshot->path, entry->name) < 0)
		return &err_nomem;
	*known = events->known(events->context, entry, path);
	return NULL;
}

/* Of a log in several files, each is. */
static struct err *find_known(const struct look *look, struct spool_file *file)
{
	const struct candidate *candidate = file->candidate;
	size_t count = candidate->made ? 0 : candidate->file_count;

	TRY(ask_known(look, file->entry, &file->known));
	for (size_t i = 0; i < count && file->known; i++)
		TRY(ask_known(look, &look->snapshot->dir.entries[candidate->files[i]],
			      &file->known));
	return NULL;
}

/* A log of which a part is known stays so while more of it comes. */
static void note_finished(struct look *look, const struct spool_file *file, bool finished)
{
	const struct spool_entry *entries = look->snapshot->dir.entries;

	if (finished)
		look->finished[look->finished_count++] = file->entry;
	for (size_t i = 0; i < file->candidate->file_count; i++)
		look->finished[look->finished_count++] = &entries[file->candidate->files[i]];
}

static struct err *examine(struct look *look, const struct candidate *candidate)
{
	struct spool_file file = {.candidate = candidate,
				  .entry = candidate_entry(&look->snapshot->dir, candidate)};
	struct err *err;
	bool finished;

	if (asprintf(&file.path, "%s/%s", look->snapshot->path, file.entry->name) < 0)
		return &err_nomem;
	err = find_known(look, &file);
	finished = file.known;
	if (!err && !file.known)
		err = examine_new(look, &file, &finished);
	if (!err)
		note_finished(look, &file, finished);
	if (!err && finished && !file.known)
		look->scan.files[look->scan.count++] = file;
	else
		free(file.path);
	return err;
}

/* --- the turns --- */

static int newest_first(const void *a, const void *b, void *of_dir)
{
	int64_t x = candidate_entry(of_dir, a)->ctime_ns, y = candidate_entry(of_dir, b)->ctime_ns;

	return x == y ? 0 : x < y ? 1 : -1;
}

/* All of them, those of logs too. */
static size_t count_files(const struct candidates *candidates)
{
	size_t count = candidates->count;

	for (size_t i = 0; i < candidates->count; i++)
		count += candidates->list[i].file_count;
	return count;
}

static struct err *recognize(struct look *look)
{
	struct candidates *candidates = &look->candidates;

	layouts_recognize(&look->snapshot->dir, candidates);
	look->finished = calloc(count_files(candidates) + 1, sizeof(*look->finished));
	look->scan = (struct spool_scan){.root = look->root,
					 .directory = look->snapshot->path,
					 .note = candidates->note,
					 .dir = &look->snapshot->dir,
					 .files = calloc(SLICE_NEW, sizeof(*look->scan.files)),
					 .finished = look->finished};
	if (candidates->failed || !look->finished || !look->scan.files)
		return &err_nomem;
	if (candidates->count)
		qsort_r(candidates->list, candidates->count, sizeof(*candidates->list),
			newest_first, &look->snapshot->dir);
	look->read = true;
	pending_begin(look->context->pending, look->snapshot->path);
	return NULL;
}

/* Tell of what is finished so far. */
static void tell(struct look *look)
{
	const struct spool_events *events = look->context->events;

	look->scan.finished_count = look->finished_count;
	look->scan.whole = look->over;
	events->scanned(events->context, &look->scan);
	while (look->scan.count)
		free(look->scan.files[--look->scan.count].path);
}

struct err *look_begin(const struct look_context *context, const char *root, const char *path,
		       struct look **ret)
{
	_cleanup_(cleanup_look_free) struct look *look = calloc(1, sizeof(*look));

	if (!look)
		return &err_nomem;
	look->context = context;
	look->root = root;
	TRY(snapshot_begin(root, path, &look->snapshot));
	*ret = take_ptr(look);
	return NULL;
}

struct err *look_go_on(struct look *look, int64_t end_ms, bool *over)
{
	const struct candidates *candidates = &look->candidates;

	*over = false;
	if (!look->read) {
		bool whole;

		TRY(snapshot_read(look->snapshot, look->context->formats, end_ms, &whole));
		if (!whole)
			return NULL;
		TRY(recognize(look));
	}
	while (look->next < candidates->count && look->scan.count < SLICE_NEW &&
	       loop_now_ms() < end_ms)
		TRY(examine(look, &candidates->list[look->next++]));
	look->over = *over = look->next == candidates->count;
	if (look->over)
		pending_end(look->context->pending);
	if (look->over || look->scan.count)
		tell(look);
	return NULL;
}

const struct snapshot *look_snapshot(const struct look *look)
{
	return look->snapshot;
}

void look_free(struct look *look)
{
	if (!look)
		return;
	if (look->read && !look->over)
		pending_end(look->context->pending);
	while (look->scan.count)
		free(look->scan.files[--look->scan.count].path);
	free(look->scan.files);
	free(look->finished);
	candidates_deinit(&look->candidates);
	snapshot_free(look->snapshot);
	free(look);
}
