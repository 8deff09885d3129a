/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The durable queue: files of spools, jobs and the export. */
#include "daemon/store/queue.h"

#include <string.h>

#include "base/hash.h"
#include "daemon/store/verdict_row.h"
#include "rules/db.h"

void queue_job_deinit(struct queue_job *job)
{
	free(job->path);
	free(job->format);
	free(job->companions);
	*job = (struct queue_job){0};
}

/* --- files --- */

struct err *queue_knows(struct db *db, uint64_t device, uint64_t inode, uint64_t size,
			int64_t mtime_ns, const char *path, bool *ret)
{
	int64_t known = 0;

	TRY(db_number(db, &known,
		      "SELECT 1 FROM spool_file WHERE device = ? AND inode = ? AND size = ?"
		      " AND mtime_ns = ? AND path = ?",
		      "iiiit", (int64_t)device, (int64_t)inode, (int64_t)size, mtime_ns, path));
	*ret = known;
	return NULL;
}

/* The dump lost a file; with its last one it is removed. */
static struct err *lost_file(struct db *db, int64_t dump, int64_t now)
{
	TRY(db_run(db,
		   "UPDATE job SET removed_at = ?2, state = CASE WHEN state = 'queued' THEN "
		   "'removed' ELSE state END WHERE dump = ?1 AND NOT EXISTS "
		   "(SELECT 1 FROM spool_file f WHERE f.dump = ?1)",
		   "ii", dump, now));
	return db_run(db,
		      "UPDATE dump SET path = f.path FROM spool_file f WHERE f.dump = dump.id AND "
		      "dump.id = ? AND NOT EXISTS (SELECT 1 FROM spool_file g "
		      "WHERE g.dump = dump.id AND g.path = dump.path)",
		      "i", dump);
}

static struct err *drop_file(struct db *db, uint64_t device, uint64_t inode, int64_t dump,
			     int64_t now)
{
	TRY(db_run(db, "DELETE FROM spool_file WHERE device = ? AND inode = ?", "ii",
		   (int64_t)device, (int64_t)inode));
	return lost_file(db, dump, now);
}

struct err *queue_dump_of_log(struct db *db, uint64_t device, uint64_t inode, uint64_t size,
			      int64_t mtime_ns, const char *path, int64_t *ret)
{
	*ret = 0;
	return db_number(db, ret,
			 "SELECT dump FROM spool_file WHERE device = ? AND inode = ? AND "
			 "((size = ?3 AND mtime_ns = ?4) OR "
			 "(path = ?5 AND size < ?3 AND mtime_ns <= ?4))",
			 "iiiit", (int64_t)device, (int64_t)inode, (int64_t)size, mtime_ns, path);
}

struct err *queue_add_file(struct db *db, int64_t dump, const struct queue_file *file, int64_t now)
{
	int64_t before = 0;

	/* The same inode with other contents was another dump. */
	TRY(db_number(db, &before, "SELECT dump FROM spool_file WHERE device = ? AND inode = ?",
		      "ii", (int64_t)file->id.device, (int64_t)file->id.inode));
	TRY(db_run(db,
		   "INSERT OR REPLACE INTO spool_file (device, inode, size, mtime_ns, directory,"
		   " path, dump) VALUES (?, ?, ?, ?, ?, ?, ?)",
		   "iiiitti", (int64_t)file->id.device, (int64_t)file->id.inode,
		   (int64_t)file->id.size, file->id.mtime_ns, file->directory, file->path, dump));
	return before && before != dump ? lost_file(db, before, now) : NULL;
}

struct err *queue_add(struct db *db, int64_t dump, const struct queue_file *file, int64_t now)
{
	TRY(queue_add_file(db, dump, file, now));
	TRY(db_run(db,
		   "INSERT INTO job (dump, state, crash_time, layout, format, log_only,"
		   " incomplete, note, companions, found_at)"
		   " VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dump) DO NOTHING",
		   "iittiitti", dump, file->crash_time, file->layout, file->format,
		   (int64_t)file->log_only, (int64_t)file->incomplete, file->note, file->companions,
		   now));
	return db_run(db,
		      "UPDATE job SET removed_at = NULL, companions = ?, state = CASE state "
		      "WHEN 'removed' THEN 'queued' ELSE state END WHERE dump = ?",
		      "ti", file->companions, dump);
}

/* Device and inode as one key. Should two clash, a file that is gone stays listed. */
static uint64_t mixed(uint64_t device, uint64_t inode)
{
	return device * 0x9e3779b97f4a7c15ull ^ inode;
}

/* A file that the store has and its directory has no more. */
struct lost {
	uint64_t device, inode;
	int64_t dump;
};

/* Files of a statement (device, inode, dump) that are not in kept, at most room of them. */
static struct err *find_lost(struct stmt *stmt, const struct map *kept, struct lost *list,
			     size_t room, size_t *count)
{
	bool row;

	*count = 0;
	while (*count < room) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		struct lost lost = {stmt_int(stmt, 0), stmt_int(stmt, 1), stmt_int(stmt, 2)};

		if (!map_get(kept, mixed(lost.device, lost.inode)))
			list[(*count)++] = lost;
	}
	stmt_reset(stmt);
	return NULL;
}

struct err *queue_keep_only(struct db *db, const char *directory, const struct queue_key *keys,
			    size_t count, int64_t now)
{
	_map_ struct map kept = {0};
	struct lost lost[64];
	size_t found;

	for (size_t i = 0; i < count; i++)
		if (!map_set(&kept, mixed(keys[i].device, keys[i].inode), 1))
			return &err_nomem;
	do {
		struct stmt *stmt;

		TRY(db_query(db, &stmt,
			     "SELECT device, inode, dump FROM spool_file WHERE directory = ?", "t",
			     directory));
		TRY(find_lost(stmt, &kept, lost, ARRAY_SIZE(lost), &found));
		for (size_t i = 0; i < found; i++)
			TRY(drop_file(db, lost[i].device, lost[i].inode, lost[i].dump, now));
	} while (found == ARRAY_SIZE(lost));
	return NULL;
}

struct err *queue_gone(struct db *db, const char *directory, int64_t now)
{
	_map_ struct map none = {0};
	struct lost lost[64];
	size_t found;

	do {
		struct stmt *stmt;

		/* "0" follows "/" in ASCII: all paths that begin with "directory/" */
		TRY(db_query(db, &stmt,
			     "SELECT device, inode, dump FROM spool_file WHERE directory = ?1 OR"
			     " (directory > ?1 || '/' AND directory < ?1 || '0')",
			     "t", directory));
		TRY(find_lost(stmt, &none, lost, ARRAY_SIZE(lost), &found));
		for (size_t i = 0; i < found; i++)
			TRY(drop_file(db, lost[i].device, lost[i].inode, lost[i].dump, now));
	} while (found == ARRAY_SIZE(lost));
	return NULL;
}

struct err *queue_directories(struct db *db, void (*visit)(void *context, const char *directory),
			      void *context)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, "SELECT DISTINCT directory FROM spool_file", ""));
	for (;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		visit(context, stmt_text(stmt, 0));
	}
}

/* --- a job's life --- */

static struct err *take_job(struct stmt *stmt, struct queue_job *ret, bool *found)
{
	TRY(stmt_step(stmt, found));
	if (!*found)
		return NULL;
	*ret = (struct queue_job){.dump = stmt_int(stmt, 0),
				  .log_only = stmt_int(stmt, 4),
				  .room_tried = stmt_int(stmt, 5)};
	TRY(stmt_column_dup(stmt, 1, &ret->path));
	TRY(stmt_column_dup(stmt, 2, &ret->format));
	TRY(stmt_column_dup(stmt, 3, &ret->companions));
	stmt_reset(stmt);
	return NULL;
}

#define JOB_COLUMNS                                                                                \
	"SELECT j.dump, d.path, j.format, j.companions, j.log_only, ifnull(j.wait_bytes, 0) "      \
	"FROM job j JOIN dump d ON d.id = j.dump "

struct err *queue_next(struct db *db, int64_t now, struct queue_job *ret, bool *found)
{
	struct stmt *stmt;

	TRY(db_query(db, &stmt,
		     JOB_COLUMNS "WHERE j.state = 'queued' AND j.interruptions <= ? "
				 "AND ifnull(j.wait_until, 0) <= ? "
				 "ORDER BY j.interruptions, j.crash_time DESC LIMIT 1",
		     "ii", (int64_t)QUEUE_INTERRUPTIONS_MAX, now));
	TRY(take_job(stmt, ret, found));
	if (*found)
		return NULL;
	TRY(db_query(db, &stmt,
		     JOB_COLUMNS "WHERE j.state = 'failed' AND j.removed_at IS NULL "
				 "AND j.retry_at <= ? ORDER BY j.retry_at LIMIT 1",
		     "i", now));
	return take_job(stmt, ret, found);
}

struct err *queue_retry_delay(struct db *db, int64_t now, int64_t *ret)
{
	int64_t at = -1;

	TRY(db_number(
		db, &at,
		"SELECT ifnull(min(at), -1) FROM ("
		"SELECT min(retry_at) at FROM job WHERE state = 'failed' AND removed_at IS NULL "
		"UNION ALL SELECT min(wait_until) FROM job WHERE state = 'queued')",
		""));
	*ret = at < 0 ? -1 : MAX(at - now, 0);
	return NULL;
}

struct err *queue_start(struct db *db, int64_t dump, int64_t now)
{
	TRY(db_run(db, "DELETE FROM export WHERE dump = ?", "i", dump));
	return db_run(db,
		      "UPDATE job SET state = 'running', started_at = ?, finished_at = NULL, "
		      "wait_until = NULL, report_due = 0 WHERE dump = ?",
		      "ii", now, dump);
}

struct err *queue_put_back(struct db *db, int64_t dump)
{
	return db_run(db, "UPDATE job SET state = 'queued', started_at = NULL WHERE dump = ?", "i",
		      dump);
}

struct err *queue_wait(struct db *db, int64_t dump, int64_t until, int64_t bytes)
{
	return db_run(db,
		      "UPDATE job SET state = 'queued', started_at = NULL, wait_until = ?, "
		      "wait_bytes = ? WHERE dump = ?",
		      "iii", until, bytes, dump);
}

struct err *queue_waiting(struct db *db, int64_t *ret)
{
	*ret = 0;
	return db_number(db, ret,
			 "SELECT count(*) FROM job WHERE state = 'queued' AND wait_until > 0", "");
}

struct err *queue_vanished(struct db *db, int64_t dump, int64_t now)
{
	return db_run(db, "UPDATE job SET state = 'removed', removed_at = ? WHERE dump = ?", "ii",
		      now, dump);
}

struct err *queue_finish(struct db *db, int64_t dump, bool broke_off,
			 const struct verdict_row *verdict, int64_t now)
{
	int64_t attempts = 0;
	const char *state = "done";

	TRY(db_number(db, &attempts, "SELECT attempts FROM job WHERE dump = ?", "i", dump));
	if (broke_off)
		state = ++attempts > 1 ? "quarantined" : "failed";
	TRY(db_run(db,
		   "UPDATE job SET state = ?, attempts = ?, interruptions = 0, finished_at = ?, "
		   "wait_bytes = NULL, "
		   "retry_at = ?, report_due = 1, host = ?, kernel = ?, cause = ?, severity = ?, "
		   "headline = ?, signature = ?, hardware = ?, function = ?, module = ?, "
		   "confidence = ?, "
		   "crash_time = ifnull(nullif(?, 0), crash_time) WHERE dump = ?",
		   "tiiitttttttttrii", state, attempts, now, now + QUEUE_RETRY_S, verdict->host,
		   verdict->kernel, verdict->cause, verdict->severity, verdict->headline,
		   verdict->signature, verdict->hardware, verdict->function, verdict->module,
		   verdict->confidence, verdict->crash_time, dump));
	TRY(db_run(db, "DELETE FROM export WHERE dump = ?", "i", dump));
	return db_run(db, "INSERT INTO export (dump) VALUES (?)", "i", dump);
}

struct err *queue_put_finished(struct db *db, int64_t dump, const struct verdict_row *verdict,
			       int64_t found_at, int64_t now)
{
	TRY(db_run(
		db,
		"INSERT INTO job (dump, state, crash_time, found_at, finished_at, removed_at, "
		"host, kernel, cause, severity, headline, signature, hardware, function, module, "
		"confidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"itiiiitttttttttr", dump, verdict->failed ? "quarantined" : "done",
		verdict->crash_time ? verdict->crash_time : found_at, found_at, found_at, now,
		verdict->host, verdict->kernel, verdict->cause, verdict->severity,
		verdict->headline, verdict->signature, verdict->hardware, verdict->function,
		verdict->module, verdict->confidence));
	return db_run(db, "INSERT INTO export (dump) VALUES (?)", "i", dump);
}

struct err *queue_recover(struct db *db, bool blame, int64_t *interrupted)
{
	TRY(db_run(db,
		   "UPDATE job SET state = 'queued', interruptions = interruptions + ? "
		   "WHERE state = 'running'",
		   "i", (int64_t)blame));
	*interrupted = db_changes(db);
	return NULL;
}

struct err *queue_next_poisoned(struct db *db, int64_t *ret)
{
	*ret = 0;
	return db_number(db, ret,
			 "SELECT dump FROM job WHERE state = 'queued' AND interruptions > ? "
			 "LIMIT 1",
			 "i", (int64_t)QUEUE_INTERRUPTIONS_MAX);
}

struct err *queue_retry(struct db *db, int64_t dump, int64_t now)
{
	struct stmt *stmt;
	bool row, gone, busy;

	TRY(db_query(db, &stmt,
		     "SELECT removed_at IS NOT NULL, state = 'running' FROM job WHERE dump = ?",
		     "i", dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_NOT_FOUND, "no dump %lld", (long long)dump);
	gone = stmt_int(stmt, 0);
	busy = stmt_int(stmt, 1);
	stmt_reset(stmt);
	if (gone)
		return err_new(ERR_INVALID, "the file of dump %lld is gone", (long long)dump);
	if (busy)
		return NULL;
	return db_run(db,
		      "UPDATE job SET state = 'queued', attempts = 0, interruptions = 0, "
		      "found_at = ? WHERE dump = ?",
		      "ii", now, dump);
}

struct err *queue_next_report(struct db *db, int64_t *ret, bool *told)
{
	struct stmt *stmt;
	bool row;

	*ret = 0;
	TRY(db_query(db, &stmt,
		     "SELECT dump, report_due = 2 FROM job WHERE report_due "
		     "ORDER BY finished_at DESC LIMIT 1",
		     ""));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return NULL;
	*ret = stmt_int(stmt, 0);
	*told = stmt_int(stmt, 1);
	stmt_reset(stmt);
	return NULL;
}

struct err *queue_report_done(struct db *db, int64_t dump)
{
	return db_run(db, "UPDATE job SET report_due = 0 WHERE dump = ?", "i", dump);
}

struct err *queue_counts(struct db *db, json_t **ret)
{
	json_t *counts = json_object();
	struct err *err;
	struct stmt *stmt;
	bool row;

	err = db_query(db, &stmt, "SELECT state, count(*) FROM job GROUP BY state", "");
	while (!err) {
		err = stmt_step(stmt, &row);
		if (err || !row)
			break;
		json_put(counts, stmt_text(stmt, 0), json_integer(stmt_int(stmt, 1)));
	}
	if (err) {
		json_decref(counts);
		return err;
	}
	*ret = counts;
	return NULL;
}

struct err *queue_prune(struct db *db, int64_t before, int64_t *ret)
{
	TRY(db_run(db,
		   "DELETE FROM dump WHERE id IN (SELECT dump FROM job WHERE removed_at < ? "
		   "AND state != 'running')",
		   "i", before));
	*ret = db_changes(db);
	return NULL;
}
