/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which directories of the spools to look at and when, and which of their dumps are finished. */
#include "daemon/spool/spool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "daemon/log.h"
#include "daemon/spool/look.h"
#include "daemon/spool/pending.h"
#include "daemon/spool/refused.h"
#include "daemon/spool/snapshot.h"
#include "daemon/spool/spool_path.h"
#include "daemon/spool/visits.h"
#include "daemon/spool/watch.h"

#define SETTLE_EVENTS_MS 200 /* a writer's burst of events is looked at once */
#define TURN_MS 50	     /* of scanning, before other events have their turn */
#define COMPLAINED_MAX 100000
/* Looks at a directory take at most one part in so many of the time, once they are slow. */
#define SLOW_MS 200
#define SLOW_PART 5
#define SLOW_LAST_MS 60000
#define ROOT_RETRY_MS 2000 /* a root that is not there is looked for that often */

struct spool {
	struct loop *loop;
	const struct config *config;
	struct spool_events events;
	struct watch *watch;
	struct visits visits;
	struct visit *visit; /* that is being looked at */
	struct look *look;   /* and its look */
	int64_t look_ms;     /* which has taken so long */
	struct look_context look_context;
	struct formats formats;
	struct map known; /* the same: 1 for directories that were looked at since the last scan */
	bool full, paused;
	bool interrupted; /* the look is to be begun anew */
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

static bool is_known(const struct spool *spool, const char *path)
{
	const uint64_t *value = map_get(&spool->known, hash_string(path));

	return value && *value;
}

static void on_changed(void *context, const char *path)
{
	struct spool *spool = context;
	const char *root = spool_path_root(spool->config, path);

	if (!root)
		return;
	visits_add(&spool->visits, path, root);
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

/* --- what is due --- */

static void set_due(struct spool *spool)
{
	int64_t due = pending_due_ms(&spool->pending);

	if (due >= 0)
		timer_set(spool->loop, &spool->due, MAX(due - loop_now_ms(), SETTLE_EVENTS_MS));
	else
		timer_stop(spool->loop, &spool->due);
}

static void on_due(void *context)
{
	struct spool *spool = context;

	pending_visit_due(&spool->pending, loop_now_ms(), on_changed, spool);
	set_due(spool);
}

/* --- looking at a directory --- */

/* Entries that there was no room for. */
static void refuse_crowd(struct spool *spool, const struct snapshot *snapshot)
{
	char why[160];

	if (!snapshot->passed_over)
		return;
	snprintf(why, sizeof(why),
		 "%zu entries are passed over: of more than %d, those named like dumps are looked "
		 "at, the newest of them",
		 snapshot->passed_over, ENTRIES_MAX);
	refused_keep(&spool->refused, snapshot->path, NULL, why);
	if (complain_once(spool, hash_string(snapshot->path)))
		log_line(LOG_WARNING, "%s: %s", snapshot->path, why);
}

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
	refuse_crowd(spool, snapshot);
}

static int newest_first(const void *a, const void *b)
{
	int64_t x = (*(const struct spool_entry *const *)a)->ctime_ns;
	int64_t y = (*(const struct spool_entry *const *)b)->ctime_ns;

	return x == y ? 0 : x < y ? 1 : -1;
}

static void visit_below(struct spool *spool, const struct visit *visit, const char *name)
{
	_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", visit->path, name) < 0) {
		log_line(LOG_ERR, "out of memory: what lies below %s is left to the next scan",
			 visit->path);
		return;
	}
	if (!is_known(spool, path))
		visits_add(&spool->visits, path, visit->root);
}

static void descend(struct spool *spool, const struct visit *visit, const struct spool_dir *dir)
{
	_free_ const struct spool_entry **below = calloc(dir->count + 1, sizeof(*below));
	size_t count = 0;

	if (!below || depth_below(visit->root, visit->path) >= (int)spool->config->spool_depth)
		return;
	for (size_t i = 0; i < dir->count; i++)
		if (dir->entries[i].type == ENTRY_DIR)
			below[count++] = &dir->entries[i];
	if (count)
		qsort(below, count, sizeof(*below), newest_first);
	for (size_t i = 0; i < count; i++)
		visit_below(spool, visit, below[i]->name);
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

static void refuse_file(void *context, const char *directory, const struct spool_entry *entry,
			const char *why)
{
	struct spool *spool = context;

	refused_keep(&spool->refused, directory, entry->name, why);
	if (complain_once(spool, entry->device * 31 + entry->inode))
		log_line(LOG_WARNING, "%s/%s is passed over: %s", directory, entry->name, why);
}

/* A directory that is not there any more has nothing that waits or is refused. */
static void forget_directory(struct spool *spool, const char *path)
{
	map_set(&spool->known, hash_string(path), 0);
	pending_begin(&spool->pending, path);
	pending_end(&spool->pending);
	refused_begin(&spool->refused, path);
	refused_end(&spool->refused, path);
	spool->events.gone(spool->events.context, path);
}

static void end_look(struct spool *spool)
{
	look_free(take_ptr(spool->look));
	if (spool->visit)
		visit_free(take_ptr(spool->visit));
}

/* Begin a look at the next directory that can be read. */
static void begin_look(struct spool *spool)
{
	struct visit *visit = spool->visit;
	bool is_root = !strcmp(visit->root, visit->path);
	_err_ struct err *err = NULL;

	watch_directory(spool, visit->path); /* before it is read, so that no change goes unseen */
	spool->look_ms = 0;
	err = look_begin(&spool->look_context, visit->root, visit->path, &spool->look);
	if (is_root)
		note_root(spool, visit->root, err);
	if (spool_path_is_gone(err) || (err && err->errnum == ELOOP)) {
		forget_directory(spool, visit->path);
	} else if (err) {
		refused_keep(&spool->refused, visit->path, NULL, err->message);
		if (!is_root && complain_once(spool, hash_string(visit->path)))
			log_line(LOG_WARNING, "%s: passed over", err->message);
	} else {
		refused_begin(&spool->refused, visit->path);
		return;
	}
	end_look(spool);
}

/* A directory that takes long is not looked at again before others have had their time. */
static void note_cost(struct spool *spool)
{
	int64_t pause = MIN(spool->look_ms * (SLOW_PART - 1), SLOW_LAST_MS);

	visits_not_before(&spool->visits, spool->visit->path,
			  spool->look_ms > SLOW_MS ? loop_now_ms() + pause : 0);
}

static void go_on_looking(struct spool *spool, int64_t end_ms)
{
	int64_t begin = loop_now_ms();
	bool over = false;
	_err_ struct err *err = look_go_on(spool->look, end_ms, &over);

	spool->look_ms += loop_now_ms() - begin;
	/* What is missing in a scan counts as gone: half of one would take dumps away. */
	if (err)
		log_line(LOG_ERR, "%s: %s: it is left to the next scan", spool->visit->path,
			 err->message);
	if (over) {
		const struct snapshot *snapshot = look_snapshot(spool->look);

		map_set(&spool->known, hash_string(spool->visit->path), 1);
		refuse_odd_entries(spool, snapshot);
		refused_end(&spool->refused, spool->visit->path);
		descend(spool, spool->visit, &snapshot->dir);
		note_cost(spool);
	}
	if (over || err)
		end_look(spool);
}

/* Its end, when the spool was paused meanwhile: it is begun anew. */
static void drop_interrupted(struct spool *spool)
{
	if (spool->interrupted && spool->look)
		end_look(spool);
	spool->interrupted = false;
}

static void set_scan(struct spool *spool)
{
	int64_t due = spool->look ? 0 : visits_due_ms(&spool->visits);

	if (due >= 0)
		timer_set(spool->loop, &spool->scan, MAX(due - loop_now_ms(), 0));
}

static void on_scan(void *context)
{
	struct spool *spool = context;
	int64_t end = loop_now_ms() + TURN_MS;

	drop_interrupted(spool);
	while (!spool->paused && loop_now_ms() < end) {
		if (!spool->look && !(spool->visit = visits_take(&spool->visits)))
			break;
		if (!spool->look)
			begin_look(spool);
		if (spool->look)
			go_on_looking(spool, end);
	}
	set_due(spool);
	if (spool->paused)
		return;
	set_scan(spool);
	if (spool->full && !spool->look && !visits_are_due(&spool->visits)) {
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
	formats_age(&spool->formats);
	for (size_t i = 0; i < spool->config->spool.count; i++)
		visits_add(&spool->visits, spool->config->spool.items[i],
			   spool->config->spool.items[i]);
	timer_hasten(spool->loop, &spool->scan, 0);
}

/* The look may be what is going on right now: it is freed when it returns. */
static void interrupt_look(struct spool *spool)
{
	if (!spool->look)
		return;
	visits_add(&spool->visits, spool->visit->path, spool->visit->root);
	spool->interrupted = true;
}

void spool_pause(struct spool *spool, bool pause)
{
	spool->paused = pause;
	if (pause)
		interrupt_look(spool);
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
	spool->scan = (struct timer){.run = on_scan, .context = spool};
	spool->interval = (struct timer){.run = on_interval, .context = spool};
	spool->due = (struct timer){.run = on_due, .context = spool};
	spool->roots = (struct timer){.run = on_roots, .context = spool};
	spool->look_context = (struct look_context){
		config, &spool->events, &spool->pending, &spool->formats, refuse_file, spool};
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
	if (!spool)
		return;
	timer_stop(spool->loop, &spool->scan);
	timer_stop(spool->loop, &spool->interval);
	timer_stop(spool->loop, &spool->due);
	timer_stop(spool->loop, &spool->roots);
	if (spool->watch)
		loop_remove(spool->loop, watch_fd(spool->watch));
	watch_destroy(spool->watch);
	end_look(spool);
	visits_deinit(&spool->visits);
	formats_deinit(&spool->formats);
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
	json_put(status, "waiting_count", json_integer(pending_number(&spool->pending)));
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

	return directory && is_known(spool, directory);
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
	if (!access(as, F_OK) && !spool->paused && !spool->look &&
	    !visits_are_due(&spool->visits) && was_looked_at(spool, as))
		return about("passed_over", "nothing there looks like a dump by that name");
	return about("unknown", access(as, F_OK) ? "it is not there" : NULL);
}
