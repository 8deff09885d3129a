/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs jobs: takes them from the queue, sees their processes through, stores what they say. */
#include "daemon/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "base/array.h"
#include "daemon/log.h"
#include "daemon/outbox.h"
#include "daemon/site_rules.h"
#include "daemon/spool/spool_path.h"
#include "daemon/store/analyze.h"
#include "daemon/store/queue.h"
#include "daemon/store/verdict_row.h"
#include "daemon/worker/input.h"
#include "daemon/worker/profile_file.h"
#include "daemon/worker/unpack.h"
#include "daemon/worker/worker.h"
#include "finding.h"
#include "kernel/dump/dump_part.h"

#define TICK_MS 1000
#define NO_PROCESS_MS 5000 /* after fork or exec failed */
#define ROOM_POLL_S 10

struct active {
	struct jobs *jobs;
	struct queue_job job;
	struct unpack *unpack; /* one of these two runs */
	struct worker *worker;
	int dump_fd, dmesg_fd, vmlinux_fd;
	int *more_logs; /* of a log in several files, those behind dmesg_fd */
	size_t more_log_count;
	int *parts; /* of a dump in several files, those besides dump_fd */
	size_t part_count;
	bool repeat;   /* there is more of it than is read now */
	uint64_t room; /* bytes the unpacked dump may take, when that is less than unpack_size */
	int64_t started_ms;
	struct active *next;
};

struct jobs {
	struct daemon *daemon;
	struct active *list;
	size_t count;
	bool held;
	char *profiles; /* the directory of those that are kept */
	struct timer start, tick;
};

static struct db *db_of(const struct jobs *jobs)
{
	return store_guard_db(jobs->daemon->guard);
}

static struct store *store_of(const struct jobs *jobs)
{
	return store_guard_get(jobs->daemon->guard);
}

/* End a job's process, if any, and forget it. What it read leaves the page cache. */
static void drop(struct active *active)
{
	struct jobs *jobs = active->jobs;

	for (struct active **at = &jobs->list; *at; at = &(*at)->next) {
		if (*at != active)
			continue;
		*at = active->next;
		jobs->count--;
		break;
	}
	if (active->worker)
		loop_remove(jobs->daemon->loop, worker_fd(active->worker));
	if (active->unpack)
		loop_remove(jobs->daemon->loop, unpack_fd(active->unpack));
	worker_destroy(active->worker);
	unpack_destroy(active->unpack);
	if (active->dump_fd >= 0) {
		posix_fadvise(active->dump_fd, 0, 0, POSIX_FADV_DONTNEED);
		close(active->dump_fd);
	}
	if (active->dmesg_fd >= 0)
		close(active->dmesg_fd);
	for (size_t i = 0; i < active->more_log_count; i++)
		close(active->more_logs[i]);
	free(active->more_logs);
	for (size_t i = 0; i < active->part_count; i++) {
		posix_fadvise(active->parts[i], 0, 0, POSIX_FADV_DONTNEED);
		close(active->parts[i]);
	}
	free(active->parts);
	if (active->vmlinux_fd >= 0)
		close(active->vmlinux_fd);
	queue_job_deinit(&active->job);
	free(active);
}

/*
 * How a job's step on the store went. On false the store is gone and all jobs with it: active is
 * freed.
 */
static bool survives(struct active *active, struct err *err, const char *doing)
{
	return store_guard_check(active->jobs->daemon->guard, err, doing);
}

/* --- the end of a job --- */

/* A finding of the daemon itself: why a dump was not analyzed, or not to the end. */
static struct err *add_failure(struct jobs *jobs, int64_t dump, const char *why)
{
	struct finding finding = {.id = FINDING_ANALYSIS_FAILED,
				  .analyzer = "daemon",
				  .severity = SEVERITY_WARNING,
				  .confidence = 1,
				  .headline = (char *)why};
	_json_ json_t *json = finding_to_json(&finding);

	return json ? store_add_finding(store_of(jobs), dump, json) : &err_nomem;
}

/* Make a verdict of the findings and note it in the queue, in the transaction that is open. */
static struct err *conclude(struct jobs *jobs, int64_t dump, bool broke_off)
{
	_verdict_row_ struct verdict_row verdict = {0};

	TRY(analyze_judge(store_of(jobs), jobs->daemon->rules, dump));
	TRY(site_rules_note(store_of(jobs), dump, jobs->daemon->rule_faults));
	TRY(verdict_row_read(store_of(jobs), dump, &verdict));
	return queue_finish(db_of(jobs), dump, broke_off, &verdict, time(NULL));
}

/* A whole transaction: a verdict for a dump that no worker could say anything about. */
static struct err *conclude_failed(struct jobs *jobs, int64_t dump, const char *why)
{
	TRY(db_begin(db_of(jobs)));
	TRY(add_failure(jobs, dump, why));
	TRY(conclude(jobs, dump, true));
	return db_commit(db_of(jobs));
}

static void finish_failed(struct active *active, struct err *why)
{
	struct jobs *jobs = active->jobs;

	log_line(LOG_WARNING, "dump %lld, %s: %s", (long long)active->job.dump, active->job.path,
		 why->message);
	if (survives(active, conclude_failed(jobs, active->job.dump, why->message),
		     "keep a verdict"))
		drop(active);
	err_free(why);
	outbox_wake(jobs->daemon->outbox);
	jobs_wake(jobs);
}

/* --- while it runs --- */

static struct err *on_finding(void *context, const json_t *finding)
{
	struct active *active = context;

	return store_add_finding(store_of(active->jobs), active->job.dump, finding);
}

/* For the next dump of this build. Without it that one takes longer, and no more. */
static void on_profile(void *context, const char *text, size_t length)
{
	const struct active *active = context;
	struct err *err = profile_file_keep(active->jobs->profiles, text, length);

	if (err)
		log_error(LOG_WARNING, err, "keep the profile of %s", active->job.path);
}

static void on_words(void *context, const char *line)
{
	const struct active *active = context;

	log_line(LOG_WARNING, "worker of %s: %s", active->job.path, line);
}

/* Store what the worker has said since, in one transaction; at its end with the verdict. */
static struct err *take_output(struct active *active, bool *ended)
{
	struct jobs *jobs = active->jobs;
	enum worker_outcome outcome;

	TRY(db_begin(db_of(jobs)));
	TRY(worker_read(active->worker));
	outcome = worker_outcome(active->worker);
	*ended = outcome != WORKER_RUNNING;
	if (*ended)
		TRY(conclude(jobs, active->job.dump, outcome != WORKER_DONE));
	if (*ended && active->repeat)
		TRY(queue_retry(db_of(jobs), active->job.dump, time(NULL)));
	return db_commit(db_of(jobs));
}

static void on_worker(void *context)
{
	struct active *active = context;
	struct jobs *jobs = active->jobs;
	bool ended = false;

	if (!survives(active, take_output(active, &ended), "keep findings") || !ended)
		return;
	if (worker_outcome(active->worker) != WORKER_DONE)
		log_line(LOG_WARNING, "dump %lld, %s: worker %s in %s", (long long)active->job.dump,
			 active->job.path, worker_outcome_name(worker_outcome(active->worker)),
			 worker_step(active->worker));
	drop(active);
	outbox_wake(jobs->daemon->outbox);
	jobs_wake(jobs);
}

/* There is no process to be had. Nothing is wrong with the dump, so it waits. */
static void put_back(struct active *active, struct err *err)
{
	struct jobs *jobs = active->jobs;

	log_error(LOG_ERR, err, "cannot start a worker");
	if (!survives(active, queue_put_back(db_of(jobs), active->job.dump), "put a job back"))
		return;
	drop(active);
	timer_set(jobs->daemon->loop, &jobs->start, NO_PROCESS_MS);
}

static struct err *start_worker(struct active *active)
{
	const struct config *config = active->jobs->daemon->config;
	struct worker_options options = {.dump_fd = active->dump_fd,
					 .dmesg_fd = active->dmesg_fd,
					 .more_logs = active->more_logs,
					 .more_log_count = active->more_log_count,
					 .dump_parts = active->parts,
					 .dump_part_count = active->part_count,
					 .background = true,
					 .site_profiles = PROFILE_SITE_DIR,
					 .kept_profiles = active->jobs->profiles,
					 .timeout_s = config->worker_timeout_ms / 1000,
					 .memory_bytes = config->worker_memory};
	struct worker_events events = {
		.finding = on_finding, .said = on_words, .profile = on_profile, .context = active};

	if (active->dump_fd >= 0)
		active->vmlinux_fd = input_find_vmlinux(active->dump_fd);
	options.vmlinux_fd = active->vmlinux_fd;
	TRY(worker_start(&options, &events, &active->worker));
	return loop_add(active->jobs->daemon->loop, worker_fd(active->worker), on_worker, active);
}

/* Nothing is wrong with the dump: it waits until the state directory has more room than it had. */
static void wait_for_room(struct active *active, uint64_t bytes)
{
	struct jobs *jobs = active->jobs;

	if (!active->job.room_tried)
		log_line(LOG_WARNING,
			 "dump %lld, %s: waits for room in %s: %" PRIu64
			 " MiB, beside unpack_reserve, are not enough to unpack it",
			 (long long)active->job.dump, active->job.path, jobs->daemon->state_dir,
			 bytes >> 20);
	if (!survives(active,
		      queue_wait(db_of(jobs), active->job.dump, time(NULL) + ROOM_POLL_S,
				 (int64_t)bytes),
		      "let a dump wait for room"))
		return;
	drop(active);
	jobs_wake(jobs);
}

static void on_unpack(void *context)
{
	struct active *active = context;
	struct err *err;
	int fd = -1;

	err = unpack_read(active->unpack, &fd);
	if (!err && fd < 0)
		return;
	bool full = unpack_was_full(active->unpack);
	loop_remove(active->jobs->daemon->loop, unpack_fd(active->unpack));
	unpack_destroy(take_ptr(active->unpack));
	if (err && full && active->room) {
		err_free(err);
		wait_for_room(active, active->room);
		return;
	}
	if (err) {
		finish_failed(active, err_wrap(err, "unpack"));
		return;
	}
	close(active->dump_fd);
	active->dump_fd = fd;
	err = start_worker(active);
	if (err)
		put_back(active, err);
}

/* What a dump may take of the state directory's file system. */
static struct err *find_room(const struct daemon *daemon, uint64_t *ret)
{
	struct statvfs fs;

	if (statvfs(daemon->state_dir, &fs))
		return err_errno(errno, "statvfs %s", daemon->state_dir);
	*ret = (uint64_t)fs.f_bavail * fs.f_frsize;
	*ret -= MIN(*ret, daemon->config->unpack_reserve);
	return NULL;
}

/* Unpacking in vain fills and empties a disk: not again for a little more room than was too little. */
static bool worth_trying(const struct queue_job *job, uint64_t room)
{
	uint64_t tried = (uint64_t)job->room_tried;

	return room > tried + tried / 8;
}

/* Where it has to wait for room, active is gone. */
static struct err *start_unpack(struct active *active, enum sniff_format format)
{
	const struct daemon *daemon = active->jobs->daemon;
	struct unpack_options options = {.fd = active->dump_fd,
					 .format = format,
					 .directory = daemon->state_dir,
					 .size_max = daemon->config->unpack_size,
					 .timeout_s = daemon->config->worker_timeout_ms / 1000};
	struct stat packed;
	uint64_t room = 0;

	if (!options.size_max)
		return err_new(ERR_UNSUPPORTED, "compressed with %s, and unpack_size is 0",
			       sniff_format_name(format));
	if (fstat(active->dump_fd, &packed))
		return err_errno(errno, "fstat");
	TRY(find_room(daemon, &room));
	if (room < options.size_max) {
		options.size_max = active->room = room;
		if (room < (uint64_t)packed.st_size || !worth_trying(&active->job, room)) {
			wait_for_room(active, MAX(room, (uint64_t)active->job.room_tried));
			return NULL;
		}
	}
	TRY(unpack_start(&options, &active->unpack));
	return loop_add(daemon->loop, unpack_fd(active->unpack), on_unpack, active);
}

/* --- the start of a job --- */

static struct err *open_companion(struct active *active, const char *root)
{
	_json_ json_t *companions = NULL;
	const char *path;

	if (!active->job.companions)
		return NULL;
	companions = json_loads(active->job.companions, 0, NULL);
	path = json_string_at(companions, "dmesg");
	/* A log that cannot be read is a lesser loss than the dump: go on without. */
	if (path)
		(void)TRY_OK(spool_path_open(root, path, O_RDONLY, &active->dmesg_fd));
	return NULL;
}

/* A part that was removed meanwhile is missing, as the worker will say. */
static struct err *open_part(struct active *active, const char *root, const char *path)
{
	_close_ int fd = -1;

	if (!strcmp(path, active->job.path) || !TRY_OK(spool_path_open(root, path, O_RDONLY, &fd)))
		return NULL;
	if (!array_grow(active->parts, active->part_count))
		return &err_nomem;
	active->parts[active->part_count++] = take_fd(fd);
	return NULL;
}

static struct err *open_parts(struct active *active, const char *root)
{
	_json_ json_t *companions =
		active->job.companions ? json_loads(active->job.companions, 0, NULL) : NULL;
	json_t *path;
	size_t i;

	json_array_foreach (json_object_get(companions, QUEUE_PARTS), i, path)
		if (json_is_string(path) && active->part_count + 1 < DUMP_PARTS_MAX)
			TRY(open_part(active, root, json_string_value(path)));
	return NULL;
}

/* In front of those that are open; *size is of all of them. */
static struct err *open_log_before(struct active *active, const char *root, const char *path,
				   int64_t *size)
{
	_close_ int fd = -1;
	struct stat st;

	TRY(spool_path_open(root, path, O_RDONLY, &fd));
	if (fstat(fd, &st))
		return err_errno(errno, "stat %s", path);
	*size += st.st_size;
	if (active->dmesg_fd < 0) {
		active->dmesg_fd = take_fd(fd);
		return NULL;
	}
	if (!array_grow(active->more_logs, active->more_log_count))
		return &err_nomem;
	memmove(active->more_logs + 1, active->more_logs,
		active->more_log_count++ * sizeof(*active->more_logs));
	active->more_logs[0] = active->dmesg_fd;
	active->dmesg_fd = take_fd(fd);
	return NULL;
}

/*
 * The newest first, the oldest are left out where there is too much. What was removed meanwhile is less
 * than all of it. *opened: at least one is open.
 */
static struct err *open_logs(struct active *active, const char *root, bool *opened)
{
	_json_ json_t *companions =
		active->job.companions ? json_loads(active->job.companions, 0, NULL) : NULL;
	const json_t *logs = json_object_get(companions, QUEUE_LOGS);
	int64_t size = 0;

	for (size_t i = json_array_size(logs); i-- > 0 && size < INPUT_LOGS_SIZE_MAX;) {
		const char *path = json_string_value(json_array_get(logs, i));
		struct err *err = path ? open_log_before(active, root, path, &size) : NULL;

		if (err && !spool_path_is_gone(err))
			return err;
		err_free(err);
	}
	*opened = active->dmesg_fd >= 0;
	return NULL;
}

static struct err *open_files(struct active *active)
{
	const char *root = spool_path_root(active->jobs->daemon->config, active->job.path);
	int *fd = active->job.log_only ? &active->dmesg_fd : &active->dump_fd;
	bool opened = false;

	if (!root)
		return err_errno(ENOENT, "%s is in none of the spools", active->job.path);
	if (active->job.log_only)
		TRY(open_logs(active, root, &opened));
	if (opened)
		return NULL;
	TRY(spool_path_open(root, active->job.path, O_RDONLY, fd));
	if (active->job.log_only)
		return NULL;
	TRY(open_parts(active, root));
	return open_companion(active, root);
}

static enum sniff_format format_of(const char *name)
{
	for (enum sniff_format f = SNIFF_KDUMP; f <= SNIFF_ZSTD; f++)
		if (name && !strcmp(name, sniff_format_name(f)))
			return f;
	return SNIFF_NONE;
}

/* From here on the store has it as running. */
static struct err *begin(struct jobs *jobs, int64_t dump)
{
	TRY(db_begin(db_of(jobs)));
	TRY(store_clear(store_of(jobs), dump));
	TRY(queue_start(db_of(jobs), dump, time(NULL)));
	return db_commit(db_of(jobs));
}

static void launch(struct active *active)
{
	struct jobs *jobs = active->jobs;
	enum sniff_format format = format_of(active->job.format);
	struct err *err = open_files(active);

	if (spool_path_is_gone(err)) {
		log_line(LOG_NOTICE, "dump %lld, %s: removed before it was analyzed",
			 (long long)active->job.dump, active->job.path);
		err_free(err);
		if (survives(active, queue_vanished(db_of(jobs), active->job.dump, time(NULL)),
			     "note a removed dump"))
			drop(active);
		return;
	}
	if (err) {
		finish_failed(active, err);
		return;
	}
	if (sniff_is_packed(format) && !active->job.log_only) {
		err = start_unpack(active, format);
		if (err)
			finish_failed(active, err);
		return;
	}
	err = start_worker(active);
	if (err)
		put_back(active, err);
}

/* Take the next job from the queue; false when there is none, or no store. */
static bool start_next(struct jobs *jobs)
{
	struct active *active;
	struct err *err;
	bool found = false;

	if (!store_of(jobs)) /* it went while the last job was started */
		return false;
	active = calloc(1, sizeof(*active));
	if (!active)
		return store_guard_check(jobs->daemon->guard, &err_nomem, "start a job");
	active->jobs = jobs;
	active->dump_fd = active->dmesg_fd = active->vmlinux_fd = -1;
	active->started_ms = loop_now_ms();
	err = queue_next(db_of(jobs), time(NULL), &active->job, &found);
	if (!err && found)
		err = begin(jobs, active->job.dump);
	if (err || !found) {
		queue_job_deinit(&active->job);
		free(active);
		store_guard_check(jobs->daemon->guard, err, "take a job from the queue");
		return false;
	}
	active->next = jobs->list;
	jobs->list = active;
	jobs->count++;
	launch(active);
	return true;
}

/* A dump that ended the daemon time and again is not analyzed any more. */
static bool conclude_poisoned(struct jobs *jobs)
{
	struct err *err;
	int64_t dump;

	err = queue_next_poisoned(db_of(jobs), &dump);
	while (!err && dump) {
		log_line(LOG_ERR, "dump %lld: the daemon ended each time it was analyzed",
			 (long long)dump);
		err = conclude_failed(jobs, dump, "the daemon ended each time it was analyzed");
		if (!err)
			err = queue_next_poisoned(db_of(jobs), &dump);
	}
	return store_guard_check(jobs->daemon->guard, err, "settle interrupted jobs");
}

static void set_retry(struct jobs *jobs)
{
	int64_t delay = -1;
	struct err *err = queue_retry_delay(db_of(jobs), time(NULL), &delay);

	if (store_guard_check(jobs->daemon->guard, err, "look for retries") && delay >= 0)
		timer_hasten(jobs->daemon->loop, &jobs->start, 1000 * delay + 100);
}

static void on_start(void *context)
{
	struct jobs *jobs = context;

	if (!store_of(jobs) || jobs->held || !conclude_poisoned(jobs))
		return;
	while (jobs->count < jobs->daemon->config->workers && start_next(jobs))
		;
	if (store_of(jobs) && jobs->count < jobs->daemon->config->workers)
		set_retry(jobs);
	if (jobs->list && !jobs->tick.due_ms)
		timer_set(jobs->daemon->loop, &jobs->tick, TICK_MS);
}

/* unpack_fd() does not become readable at the time-out: so look each second. */
static void on_tick(void *context)
{
	struct jobs *jobs = context;

	for (struct active *active = jobs->list, *next; active; active = next) {
		next = active->next;
		if (active->unpack)
			on_unpack(active);
		if (!store_of(jobs))
			return;
	}
	if (jobs->list)
		timer_set(jobs->daemon->loop, &jobs->tick, TICK_MS);
}

void jobs_wake(struct jobs *jobs)
{
	timer_hasten(jobs->daemon->loop, &jobs->start, 0);
}

struct err *jobs_repeat(struct jobs *jobs, int64_t dump)
{
	for (struct active *active = jobs->list; active; active = active->next)
		if (active->job.dump == dump) {
			active->repeat = true;
			return NULL;
		}
	return queue_retry(db_of(jobs), dump, time(NULL));
}

void jobs_hold(struct jobs *jobs, bool hold)
{
	jobs->held = hold;
	if (!hold)
		jobs_wake(jobs);
}

void jobs_drop(struct jobs *jobs)
{
	while (jobs->list)
		drop(jobs->list);
}

json_t *jobs_status(const struct jobs *jobs)
{
	json_t *list = json_array();

	for (const struct active *active = jobs->list; active; active = active->next) {
		json_t *item = json_object();

		json_put(item, "id", json_integer(active->job.dump));
		json_put(item, "path", json_escaped(active->job.path));
		json_put(item, "step",
			 json_escaped(active->unpack ? "unpack" : worker_step(active->worker)));
		json_put(item, "pid",
			 json_integer(active->unpack ? unpack_pid(active->unpack)
						     : worker_pid(active->worker)));
		json_put(item, "seconds",
			 json_integer((loop_now_ms() - active->started_ms) / 1000));
		json_array_append_new(list, item);
	}
	return list;
}

struct err *jobs_create(struct daemon *daemon, struct jobs **ret)
{
	struct jobs *jobs = calloc(1, sizeof(*jobs));

	if (!jobs)
		return &err_nomem;
	jobs->daemon = daemon;
	if (asprintf(&jobs->profiles, "%s/" PROFILE_KEPT_NAME, daemon->state_dir) < 0) {
		free(jobs);
		return &err_nomem;
	}
	jobs->start = (struct timer){.run = on_start, .context = jobs};
	jobs->tick = (struct timer){.run = on_tick, .context = jobs};
	*ret = jobs;
	return NULL;
}

void jobs_destroy(struct jobs *jobs)
{
	if (!jobs)
		return;
	jobs_drop(jobs);
	timer_stop(jobs->daemon->loop, &jobs->start);
	timer_stop(jobs->daemon->loop, &jobs->tick);
	free(jobs->profiles);
	free(jobs);
}
