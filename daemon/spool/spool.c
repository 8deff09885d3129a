/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which directories of the spools to look at and when, and which of their dumps are finished. */
#include "daemon/spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/str.h"
#include "daemon/log.h"
#include "daemon/spool/layouts.h"
#include "daemon/spool/pending.h"
#include "daemon/spool/refused.h"
#include "daemon/spool/snapshot.h"
#include "daemon/spool/spool_path.h"
#include "daemon/spool/watch.h"

#define SETTLE_EVENTS_MS 200 /* a writer's burst of events is looked at once */
#define TURN_MS 50	     /* of scanning, before other events have their turn */
#define COMPLAINED_MAX 100000
#define ROOT_RETRY_MS 2000 /* a root that is not there is looked for that often */

/* A directory that is to be looked at. */
struct visit {
	char *path;
	const char *root; /* the config's */
	struct visit *next;
};

struct spool {
	struct loop *loop;
	const struct config *config;
	struct spool_events events;
	struct watch *watch;
	struct visit *first, **last;
	struct map queued; /* by hash of the path: 1 while it is in the list */
	struct map known;  /* the same: 1 for directories that were looked at since the last scan */
	bool full, paused;
	struct pending pending;
	struct timer scan, interval, due, roots;
	struct refused refused;
	struct map complained; /* what was complained about already: device and inode mixed */
	bool *root_missing;    /* one per root */
	bool watches_used_up;
};

/* True the first time for each subject. */
static bool complain_once(struct spool *spool, uint64_t subject)
{
	return spool->complained.count < COMPLAINED_MAX && map_add(&spool->complained, subject, 1);
}

/* --- which directories to look at --- */

static bool has(const struct map *map, uint64_t key)
{
	const uint64_t *value = map_get(map, key);

	return value && *value;
}

static void visit_later(struct spool *spool, const char *path, const char *root)
{
	struct visit *visit;

	if (has(&spool->queued, hash_string(path)))
		return;
	visit = calloc(1, sizeof(*visit));
	if (visit)
		visit->path = strdup(path);
	if (!visit || !visit->path) {
		free(visit);
		log_line(LOG_ERR, "out of memory: %s is left to the next scan", path);
		return;
	}
	map_set(&spool->queued, hash_string(path), 1);
	visit->root = root;
	*spool->last = visit;
	spool->last = &visit->next;
}

static struct visit *take_visit(struct spool *spool)
{
	struct visit *visit = spool->first;

	if (!visit)
		return NULL;
	spool->first = visit->next;
	map_set(&spool->queued, hash_string(visit->path), 0);
	if (!spool->first) {
		spool->last = &spool->first;
		map_deinit(&spool->queued);
		spool->queued = (struct map){0};
	}
	return visit;
}

static void free_visit(struct visit *visit)
{
	free(visit->path);
	free(visit);
}

static void on_changed(void *context, const char *path)
{
	struct spool *spool = context;
	const char *root = spool_path_root(spool->config, path);

	if (!root)
		return;
	visit_later(spool, path, root);
	timer_hasten(spool->loop, &spool->scan, SETTLE_EVENTS_MS);
}

static void on_lost(void *context)
{
	log_line(LOG_NOTICE, "inotify lost events: looking at everything");
	spool_rescan(context);
}

static void on_watch_ready(void *context)
{
	struct spool *spool = context;

	watch_read(spool->watch);
}

static int depth_below(const char *root, const char *path)
{
	int depth = 0;

	for (const char *c = path + strlen(root); *c; c++)
		depth += *c == '/';
	return depth;
}

static void watch_directory(struct spool *spool, const char *path)
{
	_err_ struct err *err = watch_add(spool->watch, path);

	if (!err || spool_path_is_gone(err) || spool->watches_used_up)
		return;
	spool->watches_used_up = err->code == ERR_LIMIT;
	log_line(LOG_WARNING, "%s; until then dumps are found at every scan_interval",
		 err->message);
}

/* --- is it finished? --- */

static struct err *look_inside(const struct visit *visit, const struct spool_file *file,
			       struct sniff *sniff)
{
	_close_ int fd = -1;
	struct err *err = spool_path_open(visit->root, file->path, O_RDONLY, &fd);

	if (!err)
		err = sniff_file(fd, file->entry->size, sniff);
	if (fd >= 0)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return err;
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

/* Fill in file; true when it is finished, else it is kept in pending. */
static bool examine(struct spool *spool, const struct visit *visit, struct spool_file *file)
{
	int64_t now = loop_now_ms(), wall = wall_clock_ns();
	struct pending_rule rule;
	struct sniff sniff = {0};

	file->known = spool->events.known(spool->events.context, file->entry, file->path);
	if (file->known)
		return true;
	_err_ struct err *err = look_inside(visit, file, &sniff);
	if (err) {
		refused_keep(&spool->refused, visit->path, file->entry->name, err->message);
		if (complain_once(spool, file->entry->device * 31 + file->entry->inode))
			log_line(LOG_WARNING, "%s is passed over: %s", file->path, err->message);
		return false;
	}
	rule = rule_for(spool->config, file->candidate, sniff.complete);
	file->format = sniff.format;
	file->crash_time = sniff.crash_time ? sniff.crash_time : file->entry->mtime_ns / 1000000000;
	file->incomplete = file->candidate->readiness == WRITING || sniff.complete == SNIFF_SHORT;
	if (pending_quiet_ms(&spool->pending, file->entry, now, wall) >= rule.quiet_ms)
		return true;
	err = pending_keep(&spool->pending, visit->path, file->entry, &rule, now, wall);
	if (err)
		log_line(LOG_ERR, "%s: %s", file->path, err->message);
	return false;
}

static void set_due(struct spool *spool)
{
	const struct pending_dump *first = pending_first(&spool->pending);

	if (first)
		timer_set(spool->loop, &spool->due,
			  MAX(first->due_ms - loop_now_ms(), SETTLE_EVENTS_MS));
	else
		timer_stop(spool->loop, &spool->due);
}

static void on_due(void *context)
{
	struct spool *spool = context;
	int64_t now = loop_now_ms();

	for (size_t i = 0; i < spool->pending.count; i++)
		if (spool->pending.list[i].due_ms <= now)
			on_changed(spool, spool->pending.list[i].directory);
	set_due(spool);
}

/* --- looking at a directory --- */

/* Links, FIFOs and the like with the name of a dump: told of once, never opened. */
static void refuse_odd_entries(struct spool *spool, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->dir.count; i++) {
		const struct spool_entry *entry = &snapshot->dir.entries[i];
		bool odd = entry->type == ENTRY_OTHER || entry->type == ENTRY_SYMLINK;
		const char *why = entry->type == ENTRY_SYMLINK
					  ? "a symbolic link, not a file"
					  : "a FIFO, socket or device, not a file";

		if (!odd || (!strstr(entry->name, "core") && !has_prefix(entry->name, "dump")))
			continue;
		refused_keep(&spool->refused, snapshot->path, entry->name, why);
		if (complain_once(spool, entry->device * 31 + entry->inode))
			log_line(LOG_WARNING, "%s/%s is %s: refused", snapshot->path, entry->name,
				 why);
	}
	if (!snapshot->too_many)
		return;
	refused_keep(&spool->refused, snapshot->path, NULL,
		     "too many entries: the rest is passed over");
	if (complain_once(spool, hash_string(snapshot->path)))
		log_line(LOG_WARNING, "%s has more than %d entries: the rest is passed over",
			 snapshot->path, ENTRIES_MAX);
}

static void descend(struct spool *spool, const struct visit *visit, const struct spool_dir *dir)
{
	if (depth_below(visit->root, visit->path) >= (int)spool->config->spool_depth)
		return;
	for (size_t i = 0; i < dir->count; i++) {
		_free_ char *path = NULL;

		if (dir->entries[i].type != ENTRY_DIR)
			continue;
		if (asprintf(&path, "%s/%s", visit->path, dir->entries[i].name) < 0) {
			log_line(LOG_ERR,
				 "out of memory: what lies below %s is left to the next scan",
				 visit->path);
			return;
		}
		if (!has(&spool->known, hash_string(path)))
			visit_later(spool, path, visit->root);
	}
}

/* Fill in the next file of scan and keep it there if it is finished; false on out-of-memory. */
static bool examine_next(struct spool *spool, const struct visit *visit,
			 const struct candidate *candidate, struct spool_scan *scan)
{
	struct spool_file *file = &scan->files[scan->count];

	*file = (struct spool_file){.candidate = candidate,
				    .entry = candidate_entry(scan->dir, candidate)};
	if (asprintf(&file->path, "%s/%s", visit->path, file->entry->name) < 0)
		return false;
	if (examine(spool, visit, file))
		scan->count++;
	else
		free(file->path);
	return true;
}

static void examine_all(struct spool *spool, const struct visit *visit, const struct spool_dir *dir,
			const struct candidates *candidates)
{
	struct spool_scan scan = {.root = visit->root,
				  .directory = visit->path,
				  .note = candidates->note,
				  .dir = dir,
				  .files = calloc(candidates->count + 1, sizeof(*scan.files))};
	bool whole = scan.files && !candidates->failed;

	pending_begin(&spool->pending, visit->path);
	for (size_t i = 0; whole && i < candidates->count; i++)
		whole = examine_next(spool, visit, &candidates->list[i], &scan);
	pending_end(&spool->pending, visit->path);
	/* What is missing in a scan counts as gone: half of one would take dumps away. */
	if (whole)
		spool->events.scanned(spool->events.context, &scan);
	else
		log_line(LOG_ERR, "out of memory: %s is left to the next scan", visit->path);
	for (size_t i = 0; i < scan.count; i++)
		free(scan.files[i].path);
	free(scan.files);
}

/* A root that is not there cannot be watched: so it is looked for again and again. */
static void on_roots(void *context)
{
	struct spool *spool = context;

	for (size_t i = 0; i < spool->config->spool.count; i++)
		if (spool->root_missing[i])
			on_changed(spool, spool->config->spool.items[i]);
}

/* When a root comes back, the directories below it are new ones. */
static void forget_known(struct spool *spool)
{
	map_deinit(&spool->known);
	spool->known = (struct map){0};
}

static void note_root(struct spool *spool, const char *root, struct err *err)
{
	if (err) {
		forget_known(spool);
		timer_hasten(spool->loop, &spool->roots, ROOT_RETRY_MS);
	}
	for (size_t i = 0; i < spool->config->spool.count; i++) {
		if (spool->config->spool.items[i] != root || spool->root_missing[i] == !!err)
			continue;
		spool->root_missing[i] = err;
		if (err)
			log_line(LOG_WARNING, "spool %s: %s; it is looked for", root, err->message);
		else
			log_line(LOG_NOTICE, "spool %s is back", root);
	}
}

static void look_at(struct spool *spool, const struct visit *visit)
{
	_cleanup_(cleanup_snapshot_free) struct snapshot *snapshot = NULL;
	_cleanup_(candidates_deinit) struct candidates candidates = {0};
	bool is_root = !strcmp(visit->root, visit->path);
	_err_ struct err *err = NULL;

	watch_directory(spool, visit->path); /* before it is read, so that no change goes unseen */
	err = snapshot_take(visit->root, visit->path, &snapshot);
	if (is_root)
		note_root(spool, visit->root, err);
	if (spool_path_is_gone(err) || (err && err->errnum == ELOOP)) {
		map_set(&spool->known, hash_string(visit->path), 0);
		pending_begin(&spool->pending, visit->path);
		pending_end(&spool->pending, visit->path);
		refused_begin(&spool->refused, visit->path);
		refused_end(&spool->refused, visit->path);
		spool->events.gone(spool->events.context, visit->path);
		return;
	}
	if (err) {
		refused_keep(&spool->refused, visit->path, NULL, err->message);
		if (!is_root && complain_once(spool, hash_string(visit->path)))
			log_line(LOG_WARNING, "%s: passed over", err->message);
		return;
	}
	map_set(&spool->known, hash_string(visit->path), 1);
	refused_begin(&spool->refused, visit->path);
	refuse_odd_entries(spool, snapshot);
	layouts_recognize(&snapshot->dir, &candidates);
	examine_all(spool, visit, &snapshot->dir, &candidates);
	refused_end(&spool->refused, visit->path);
	descend(spool, visit, &snapshot->dir);
}

static void on_scan(void *context)
{
	struct spool *spool = context;
	int64_t end = loop_now_ms() + TURN_MS;
	struct visit *visit;

	while (!spool->paused && loop_now_ms() < end) {
		visit = take_visit(spool);
		if (!visit)
			break;
		look_at(spool, visit);
		free_visit(visit);
	}
	set_due(spool);
	if (spool->paused)
		return;
	if (spool->first) {
		timer_set(spool->loop, &spool->scan, 0);
	} else if (spool->full) {
		spool->full = false;
		spool->events.complete(spool->events.context);
	}
}

static void on_interval(void *context)
{
	struct spool *spool = context;

	spool_rescan(spool);
	timer_set(spool->loop, &spool->interval, spool->config->scan_interval_ms);
}

void spool_rescan(struct spool *spool)
{
	spool->full = true;
	forget_known(spool);
	for (size_t i = 0; i < spool->config->spool.count; i++)
		visit_later(spool, spool->config->spool.items[i], spool->config->spool.items[i]);
	timer_hasten(spool->loop, &spool->scan, 0);
}

void spool_pause(struct spool *spool, bool pause)
{
	spool->paused = pause;
	if (!pause)
		timer_hasten(spool->loop, &spool->scan, 0);
}

struct err *spool_create(struct loop *loop, const struct config *config,
			 const struct spool_events *events, struct spool **ret)
{
	_cleanup_(cleanup_spool_destroy) struct spool *spool = calloc(1, sizeof(*spool));
	struct watch_events watch_events = {on_changed, on_lost, spool};

	if (!spool)
		return &err_nomem;
	spool->loop = loop;
	spool->config = config;
	spool->events = *events;
	spool->last = &spool->first;
	spool->scan = (struct timer){.run = on_scan, .context = spool};
	spool->interval = (struct timer){.run = on_interval, .context = spool};
	spool->due = (struct timer){.run = on_due, .context = spool};
	spool->roots = (struct timer){.run = on_roots, .context = spool};
	spool->root_missing = calloc(config->spool.count, sizeof(bool));
	if (!spool->root_missing)
		return &err_nomem;
	TRY(watch_create(&watch_events, &spool->watch));
	TRY(loop_add(loop, watch_fd(spool->watch), on_watch_ready, spool));
	on_interval(spool);
	*ret = take_ptr(spool);
	return NULL;
}

void spool_destroy(struct spool *spool)
{
	struct visit *visit;

	if (!spool)
		return;
	timer_stop(spool->loop, &spool->scan);
	timer_stop(spool->loop, &spool->interval);
	timer_stop(spool->loop, &spool->due);
	timer_stop(spool->loop, &spool->roots);
	if (spool->watch)
		loop_remove(spool->loop, watch_fd(spool->watch));
	watch_destroy(spool->watch);
	while ((visit = take_visit(spool)))
		free_visit(visit);
	map_deinit(&spool->queued);
	map_deinit(&spool->known);
	map_deinit(&spool->complained);
	refused_deinit(&spool->refused);
	pending_deinit(&spool->pending);
	free(spool->root_missing);
	free(spool);
}

json_t *spool_status(const struct spool *spool)
{
	json_t *status = json_object(), *roots = json_array();

	for (size_t i = 0; i < spool->config->spool.count; i++) {
		json_t *root = json_object();

		json_put(root, "path", json_escaped(spool->config->spool.items[i]));
		json_put(root, "present", json_boolean(!spool->root_missing[i]));
		json_array_append_new(roots, root);
	}
	json_put(status, "roots", roots);
	json_put(status, "watches", json_integer(watch_count(spool->watch)));
	json_put(status, "waiting_count", json_integer(spool->pending.count));
	json_put(status, "waiting", pending_json(&spool->pending, loop_now_ms()));
	json_put(status, "refused_count", json_integer(spool->refused.count + spool->refused.more));
	json_put(status, "refused", refused_json(&spool->refused));
	json_put(status, "paused", json_boolean(spool->paused));
	return status;
}

/* --- what somebody waits for --- */

static json_t *about(const char *kind, const char *why)
{
	json_t *json = json_object();

	json_put(json, "kind", json_string(kind));
	json_put(json, "why", json_escaped(why));
	return json;
}

static bool is_below(const char *root, const char *path)
{
	size_t length = strlen(root);

	return !strncmp(root, path, length) && (path[length] == '/' || !strcmp(root, "/"));
}

/* The root that a path is below, whatever links lead to either; NULL for none. */
static const char *find_root(const struct spool *spool, const char *path, const char *real,
			     const char **as)
{
	for (size_t i = 0; i < spool->config->spool.count; i++) {
		const char *root = spool->config->spool.items[i];
		_free_ char *real_root = realpath(root, NULL);

		*as = is_below(root, path) ? path : real;
		if (is_below(root, *as) || (real_root && is_below(real_root, real)))
			return root;
	}
	return NULL;
}

static json_t *about_outside(const struct spool *spool)
{
	_str_ struct str why = {0};

	str_puts(&why, "it is in none of the spools");
	for (size_t i = 0; i < spool->config->spool.count; i++)
		str_printf(&why, "%s%s", i ? ", " : " (", spool->config->spool.items[i]);
	str_puts(&why, spool->config->spool.count ? ")" : "");
	return about("outside", why.data);
}

static json_t *about_unfinished(const struct pending_dump *dump)
{
	json_t *json = about("unfinished", dump->why);

	json_put(json, "due_s", json_integer(MAX(0, dump->due_ms - loop_now_ms()) / 1000));
	return json;
}

/* Were the files beside it looked at since the last full scan? */
static bool was_looked_at(const struct spool *spool, const char *path)
{
	_free_ char *directory = strndup(path, (size_t)(strrchr(path, '/') - path));

	return directory && has(&spool->known, hash_string(directory));
}

json_t *spool_about(const struct spool *spool, const char *path, const char *real)
{
	const char *as, *root = find_root(spool, path, real, &as), *why;
	const struct pending_dump *dump;

	if (!root)
		return about_outside(spool);
	if (is_below(root, as) && depth_below(root, as) > (int)spool->config->spool_depth + 1)
		return about("outside", "it lies deeper in the spool than spool_depth says");
	dump = pending_find(&spool->pending, as);
	why = refused_why(&spool->refused, as);
	if (dump || why)
		return dump ? about_unfinished(dump) : about("refused", why);
	if (!access(as, F_OK) && !spool->paused && !spool->first && was_looked_at(spool, as))
		return about("passed_over", "nothing there looks like a dump by that name");
	return about("unknown", access(as, F_OK) ? "it is not there" : NULL);
}
