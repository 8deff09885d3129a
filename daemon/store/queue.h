/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_QUEUE
#define TRIAGE_DAEMON_STORE_QUEUE

#include "daemon/spool/identity.h"
#include "json.h"
#include "rules/db.h"

/*
 * The durable queue: tables spool_file, job and export (schema/002-queue.sql). Each function is
 * one step of a job's life and leaves the tables consistent; those that make several changes say
 * so and want a transaction around them. Times are seconds since the epoch.
 */

struct verdict_row;

/* Among the companions: the paths of a log in several files, in the order in which they are read. */
#define QUEUE_LOGS "logs"
/* Likewise those of a dump in several files, in any order. */
#define QUEUE_PARTS "parts"

/* A finished dump in a spool. Strings may be NULL for "not known". */
struct queue_file {
	struct identity id;
	const char *path, *directory;
	const char *layout, *format, *note;
	const char *companions; /* a JSON object, see QUEUE_LOGS */
	int64_t crash_time;
	bool log_only, incomplete;
};

/* A job that is to be run. */
struct queue_job {
	int64_t dump;
	char *path, *format, *companions; /* the last two NULL for "not known" */
	bool log_only;
	int64_t room_tried; /* bytes that were not enough to unpack it in; 0 when not tried */
};
void queue_job_deinit(struct queue_job *job);

/* Is this file known, unchanged? */
struct err *queue_knows(struct db *db, uint64_t device, uint64_t inode, uint64_t size,
			int64_t mtime_ns, const char *path, bool *ret);
/*
 * A file that was found. dump is its row's id (see store_put_dump()); a dump that is not in the
 * queue yet is queued, one whose file had vanished comes back to life. Several changes.
 */
struct err *queue_add(struct db *db, int64_t dump, const struct queue_file *file, int64_t now);

/* A file of a dump that is in the queue; of file only id, without uid, and paths count. Several changes. */
struct err *queue_add_file(struct db *db, int64_t dump, const struct queue_file *file, int64_t now);
/*
 * The dump that a file of a log belongs to: the file is known as it is, or has grown where it lies. An
 * inode is used again; so it alone tells nothing. 0: none.
 */
struct err *queue_dump_of_log(struct db *db, uint64_t device, uint64_t inode, uint64_t size,
			      int64_t mtime_ns, const char *path, int64_t *ret);

/* A file key, for queue_keep_only(). */
struct queue_key {
	uint64_t device, inode;
};
/* Of the files known in directory, keep those listed; the others are gone. Several changes. */
struct err *queue_keep_only(struct db *db, const char *directory, const struct queue_key *keys,
			    size_t count, int64_t now);
/* All files in directory and below are gone. Several changes. */
struct err *queue_gone(struct db *db, const char *directory, int64_t now);
/* Call visit for each directory in which files are known. */
struct err *queue_directories(struct db *db, void (*visit)(void *context, const char *directory),
			      void *context);

/* The next to run: newest crash first, then retries that are due. *found is false for none. */
struct err *queue_next(struct db *db, int64_t now, struct queue_job *ret, bool *found);
/* Seconds until the next retry, or job that waits for room, is due; -1 for none. */
struct err *queue_retry_delay(struct db *db, int64_t now, int64_t *ret);
/* It runs; its earlier verdict leaves the export. Several changes. */
struct err *queue_start(struct db *db, int64_t dump, int64_t now);
/* Not started after all (no process to be had): as it was before queue_start(). */
struct err *queue_put_back(struct db *db, int64_t dump);
/* Not started: bytes of room were not enough to unpack it in. Tried again at until. */
struct err *queue_wait(struct db *db, int64_t dump, int64_t until, int64_t bytes);
/* How many wait for room. */
struct err *queue_waiting(struct db *db, int64_t *ret);
/* Its file is gone, and there was no verdict. */
struct err *queue_vanished(struct db *db, int64_t dump, int64_t now);

#define QUEUE_RETRY_S 30
/*
 * The analysis is over and its verdict, whose row this is, stored in this same transaction: it goes
 * into the export and its report is due. When the analysis broke off the first time there is one
 * retry, the second time it is quarantined. Several changes.
 */
struct err *queue_finish(struct db *db, int64_t dump, bool broke_off,
			 const struct verdict_row *verdict, int64_t now);

/*
 * A dump whose verdict comes from elsewhere, and whose file is not known: it is done, its report out,
 * and it stands at the end of the export. found_at is when it was analyzed. Several changes.
 */
struct err *queue_put_finished(struct db *db, int64_t dump, const struct verdict_row *verdict,
			       int64_t found_at, int64_t now);

/*
 * Jobs that ran when the daemon ended, or lost its store, are queued again. blame: the daemon may
 * have ended because of one of them, so they come behind the others, and at last are not run any
 * more: see queue_next_poisoned(). *interrupted is their number.
 */
#define QUEUE_INTERRUPTIONS_MAX 16
struct err *queue_recover(struct db *db, bool blame, int64_t *interrupted);
/*
 * A queued job that was interrupted more than QUEUE_INTERRUPTIONS_MAX times, 0 for none: it may be
 * what ends the daemon, and is to get a verdict without being run again.
 */
struct err *queue_next_poisoned(struct db *db, int64_t *ret);

/* Analyze again, whatever became of it. ERR_NOT_FOUND, or ERR_INVALID when its file is gone. */
struct err *queue_retry(struct db *db, int64_t dump, int64_t now);

/*
 * A verdict whose report is not out yet: the newest first; 0 for none. *told: the journal has it
 * already, only its file is to be written again.
 */
struct err *queue_next_report(struct db *db, int64_t *ret, bool *told);
struct err *queue_report_done(struct db *db, int64_t dump);

/* {"queued": 3, "running": 1, …} */
struct err *queue_counts(struct db *db, json_t **ret);
/* Forget dumps without a file that are older than before. *ret is their number. */
struct err *queue_prune(struct db *db, int64_t before, int64_t *ret);

#endif
