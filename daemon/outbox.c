/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/log.h"
#include "rules/db.h"
#include "daemon/store/queue.h"
#include "daemon/store/report.h"
#include "daemon/store/verdict_row.h"

#define RETRY_MS 15000

struct outbox {
	struct daemon *daemon;
	struct timer timer;
	char *directory;
	bool troubled; /* said already that reports cannot be written */
};

static struct err *write_all(int fd, const char *text)
{
	size_t length = strlen(text);

	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "write");
		text += n;
		length -= n;
	}
	return fsync(fd) ? err_errno(errno, "fsync") : NULL;
}

/* Write a file under its final name only once it is whole and on disk; mode 0640. */
static struct err *write_atomically(const char *directory, const char *name, const char *text)
{
	_free_ char *partial = NULL, *final = NULL;
	_close_ int fd = -1;
	struct err *err;

	if (asprintf(&partial, "%s/.%s.tmp", directory, name) < 0 ||
	    asprintf(&final, "%s/%s", directory, name) < 0)
		return &err_nomem;
	fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_errno(errno, "create %s", partial);
	err = write_all(fd, text);
	if (!err && rename(partial, final))
		err = err_errno(errno, "rename");
	if (err) {
		unlink(partial);
		return err_wrap(err, "%s", final);
	}
	return NULL;
}

/* The row's own facts, beside the report's. */
static struct err *read_row(struct db *db, int64_t dump, char **uid, char **path)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, "SELECT uid, path FROM dump WHERE id = ?", "i", dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_NOT_FOUND, "no dump %lld", (long long)dump);
	*uid = stmt_column_dup(stmt, 0);
	*path = stmt_column_dup(stmt, 1);
	stmt_reset(stmt);
	return *uid && *path ? NULL : &err_nomem;
}

static struct err *publish(struct outbox *outbox, const struct summary *summary, int64_t dump,
			   const char *uid, const char *path)
{
	const struct queue_summary *q = &summary->queue;
	_free_ char *text = report_format(summary->report, true);
	_free_ char *name = NULL, *file = NULL;

	if (!text || asprintf(&name, "%s.json", uid) < 0 ||
	    asprintf(&file, "%s/%s", outbox->directory, name) < 0)
		return &err_nomem;
	TRY(write_atomically(outbox->directory, name, text));
	log_verdict(&(struct log_verdict){.id = dump,
					  .uid = uid,
					  .path = path,
					  .cause = q->cause,
					  .severity = q->severity,
					  .headline = q->headline,
					  .kernel = q->kernel,
					  .host = q->host,
					  .signature = q->signature,
					  .report = file,
					  .confidence = q->confidence,
					  .failed = summary->failed});
	return NULL;
}

/* Send one; false when the next is to wait. */
static bool send_one(struct outbox *outbox, int64_t dump)
{
	struct storage *storage = outbox->daemon->storage;
	_cleanup_(summary_deinit) struct summary summary = {0};
	_free_ char *uid = NULL, *path = NULL;
	_err_ struct err *err = NULL;

	if (!storage_check(storage, read_row(storage_db(storage), dump, &uid, &path),
			   "read a dump's row") ||
	    !storage_check(storage, summary_read(storage_get(storage), dump, &summary),
			   "build a report"))
		return false;
	err = publish(outbox, &summary, dump, uid, path);
	if (err) {
		if (!outbox->troubled)
			log_line(LOG_ERR, "%s: reports wait until they can be written",
				 err->message);
		outbox->troubled = true;
		timer_set(outbox->daemon->loop, &outbox->timer, RETRY_MS);
		return false;
	}
	if (outbox->troubled)
		log_line(LOG_NOTICE, "reports can be written again");
	outbox->troubled = false;
	return storage_check(storage, queue_report_done(storage_db(storage), dump),
			     "note a report");
}

static void on_timer(void *context)
{
	struct outbox *outbox = context;
	struct storage *storage = outbox->daemon->storage;
	int64_t dump;

	if (!storage_get(storage) ||
	    !storage_check(storage, queue_next_report(storage_db(storage), &dump),
			   "look for due reports"))
		return;
	/* One a turn: a long backlog must not keep the loop from its other work. */
	if (dump && send_one(outbox, dump))
		timer_set(outbox->daemon->loop, &outbox->timer, 0);
}

void outbox_wake(struct outbox *outbox)
{
	timer_hasten(outbox->daemon->loop, &outbox->timer, 0);
}

struct err *outbox_create(struct daemon *daemon, struct outbox **ret)
{
	_cleanup_(cleanup_outbox_destroy) struct outbox *outbox = calloc(1, sizeof(*outbox));

	if (!outbox)
		return &err_nomem;
	outbox->daemon = daemon;
	outbox->timer = (struct timer){.run = on_timer, .context = outbox};
	if (asprintf(&outbox->directory, "%s/" REPORTS_NAME, daemon->state_dir) < 0) {
		outbox->directory = NULL;
		return &err_nomem;
	}
	if (mkdir(outbox->directory, 0750) && errno != EEXIST)
		log_line(LOG_ERR, "create %s: %s", outbox->directory, strerror(errno));
	*ret = take_ptr(outbox);
	return NULL;
}

void outbox_destroy(struct outbox *outbox)
{
	if (!outbox)
		return;
	timer_stop(outbox->daemon->loop, &outbox->timer);
	free(outbox->directory);
	free(outbox);
}
