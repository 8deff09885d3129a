/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes verdicts back from report files after the database was damaged. */
#include "daemon/recovery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/io.h"
#include "base/str.h"
#include "daemon/log.h"
#include "daemon/store/restore.h"
#include "rules/db.h"

#define BATCH 16 /* reports a turn of the loop, in one transaction */
#define REPORT_MAX (64u << 20)
#define DAMAGED_PREFIX DATABASE_NAME ".damaged-"

struct recovery {
	struct daemon *daemon;
	void (*done)(struct daemon *daemon);
	struct timer timer;
	DIR *reports;
	int64_t taken;
};

static struct db *db_of(const struct recovery *recovery)
{
	return store_guard_db(recovery->daemon->guard);
}

/* --- what was put aside --- */

/* Databases put aside, "triage.db.damaged-1790000000", without their companions. */
static bool is_damaged_file(const char *name)
{
	return has_prefix(name, DAMAGED_PREFIX) && !strchr(name + strlen(DAMAGED_PREFIX), '-');
}

/* Found by their files: so one is noted whenever the daemon may have ended since. */
static struct err *note_damaged(struct recovery *recovery)
{
	DIR *stream = opendir(recovery->daemon->state_dir);
	struct err *err = NULL;
	struct dirent *item;

	if (!stream)
		return err_errno(errno, "open %s", recovery->daemon->state_dir);
	while (!err && (item = readdir(stream)))
		if (is_damaged_file(item->d_name))
			err = db_run(
				db_of(recovery),
				"INSERT OR IGNORE INTO damaged (file, noticed_at) VALUES (?, ?)",
				"ti", item->d_name, (int64_t)time(NULL));
	closedir(stream);
	return err;
}

static struct err *is_due(struct recovery *recovery, bool *ret)
{
	int64_t due = 0;

	TRY(db_number(db_of(recovery), &due, "SELECT 1 FROM damaged WHERE restored_at IS NULL",
		      ""));
	*ret = due;
	return NULL;
}

/* --- reports --- */

/* A file that is no report, or one of another time, is left as it is. */
static struct err *take_file(struct recovery *recovery, const char *name)
{
	_close_ int fd = openat(dirfd(recovery->reports), name,
				O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_json_ json_t *report = NULL;
	struct stat st;
	bool taken;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > REPORT_MAX)
		return NULL;
	report = json_loadfd(fd, JSON_REJECT_DUPLICATES, NULL);
	if (!report)
		return NULL;
	struct err *err = restore_report(store_guard_get(recovery->daemon->guard), report,
					 time(NULL), &taken);
	if (err && err->code == ERR_INVALID) {
		log_error(LOG_WARNING, err, "%s is not taken back", name);
		return NULL;
	}
	if (!err)
		recovery->taken += taken;
	return err;
}

/* *more is false behind the last one. */
static struct err *take_batch(struct recovery *recovery, bool *more)
{
	struct dirent *item = NULL;

	TRY(db_begin(db_of(recovery)));
	for (int i = 0; i < BATCH && (item = readdir(recovery->reports)); i++)
		if (has_suffix(item->d_name, ".json"))
			TRY(take_file(recovery, item->d_name));
	*more = item;
	return db_commit(db_of(recovery));
}

static struct err *finish(struct recovery *recovery)
{
	TRY(db_run(db_of(recovery),
		   "UPDATE damaged SET restored_at = ?, verdicts = ? WHERE restored_at IS NULL",
		   "ii", (int64_t)time(NULL), recovery->taken));
	log_line(
		LOG_WARNING,
		"the database is a new one: %lld verdicts were taken back from report files; dumps "
		"in the spools that have none are analyzed again",
		(long long)recovery->taken);
	return NULL;
}

static void on_timer(void *context)
{
	struct recovery *recovery = context;
	struct store_guard *guard = recovery->daemon->guard;
	bool more = false;

	if (!store_guard_check(guard, take_batch(recovery, &more), "take back verdicts"))
		return;
	if (more) {
		timer_set(recovery->daemon->loop, &recovery->timer, 0);
		return;
	}
	if (!store_guard_check(guard, finish(recovery), "take back verdicts"))
		return;
	recovery_stop(recovery);
	recovery->done(recovery->daemon);
}

static void open_reports(struct recovery *recovery)
{
	_free_ char *path = NULL;

	if (asprintf(&path, "%s/" REPORTS_NAME, recovery->daemon->state_dir) < 0)
		return;
	recovery->reports = opendir(path);
	if (!recovery->reports && errno != ENOENT)
		log_line(LOG_ERR, "open %s: %s", path, strerror(errno));
}

struct err *recovery_begin(struct recovery *recovery)
{
	bool due;

	recovery_stop(recovery);
	TRY(note_damaged(recovery));
	TRY(is_due(recovery, &due));
	if (due)
		open_reports(recovery);
	if (recovery->reports)
		timer_set(recovery->daemon->loop, &recovery->timer, 0);
	else
		recovery->done(recovery->daemon);
	return NULL;
}

void recovery_stop(struct recovery *recovery)
{
	timer_stop(recovery->daemon->loop, &recovery->timer);
	if (recovery->reports)
		closedir(take_ptr(recovery->reports));
	recovery->taken = 0;
}

struct err *recovery_create(struct daemon *daemon, void (*done)(struct daemon *daemon),
			    struct recovery **ret)
{
	struct recovery *recovery = calloc(1, sizeof(*recovery));

	if (!recovery)
		return &err_nomem;
	*recovery = (struct recovery){.daemon = daemon, .done = done};
	recovery->timer = (struct timer){.run = on_timer, .context = recovery};
	*ret = recovery;
	return NULL;
}

void recovery_destroy(struct recovery *recovery)
{
	if (!recovery)
		return;
	recovery_stop(recovery);
	free(recovery);
}
