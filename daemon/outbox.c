/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes reports to their files and verdicts into the journal. */
#include "daemon/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
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

/* file: where its report is. */
static void tell(int64_t dump, const json_t *report, const struct verdict_row *row,
		 const char *file)
{
	log_verdict(
		&(struct log_verdict){.id = dump,
				      .uid = row->uid,
				      .path = row->path,
				      .cause = row->cause,
				      .severity = row->severity,
				      .headline = row->headline,
				      .kernel = row->kernel,
				      .host = row->host,
				      .signature = row->signature,
				      .report = file,
				      .history = json_string_at(report, "verdict.history.text"),
				      .ticket = json_string_at(report, "verdict.annotation.ticket"),
				      .confidence = row->confidence,
				      .failed = row->failed});
}

static struct err *publish(struct outbox *outbox, int64_t dump, bool told, const json_t *report,
			   const struct verdict_row *row)
{
	_free_ char *text = report_format(report, true);
	_free_ char *name = NULL, *file = NULL;

	if (!text || asprintf(&name, "%s.json", row->uid) < 0 ||
	    asprintf(&file, "%s/%s", outbox->directory, name) < 0)
		return &err_nomem;
	TRY(io_replace(outbox->directory, name, text, 0640));
	if (!told)
		tell(dump, report, row, file);
	return NULL;
}

/* The report cannot be written now, for lack of room perhaps: it waits. */
static void put_off(struct outbox *outbox, const struct err *err)
{
	if (!outbox->troubled)
		log_line(LOG_ERR, "%s: reports wait until they can be written", err->message);
	outbox->troubled = true;
	timer_set(outbox->daemon->loop, &outbox->timer, RETRY_MS);
}

/* Send one; false when the next is to wait. */
static bool send_one(struct outbox *outbox, int64_t dump, bool told)
{
	struct store_guard *guard = outbox->daemon->guard;
	_verdict_row_ struct verdict_row row = {0};
	_json_ json_t *report = NULL;

	if (!store_guard_check(guard, verdict_row_read(store_guard_get(guard), dump, &row),
			       "read a verdict") ||
	    !store_guard_check(guard, report_build(store_guard_get(guard), dump, &report),
			       "build a report"))
		return false;
	_err_ struct err *err = publish(outbox, dump, told, report, &row);
	if (err) {
		put_off(outbox, err);
		return false;
	}
	if (outbox->troubled)
		log_line(LOG_NOTICE, "reports can be written again");
	outbox->troubled = false;
	return store_guard_check(guard, queue_report_done(store_guard_db(guard), dump),
				 "note a report");
}

static void on_timer(void *context)
{
	struct outbox *outbox = context;
	struct store_guard *guard = outbox->daemon->guard;
	bool told = false;
	int64_t dump;

	if (!store_guard_get(guard) ||
	    !store_guard_check(guard, queue_next_report(store_guard_db(guard), &dump, &told),
			       "look for due reports"))
		return;
	/* One a turn: a long backlog must not keep the loop from its other work. */
	if (dump && send_one(outbox, dump, told))
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
