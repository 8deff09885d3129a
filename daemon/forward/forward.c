/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forwarder: from the store to the server, again and again, and what it does when either is away. */
#include "daemon/forward/forward.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/backoff.h"
#include "daemon/fleet/fleet_schema.h"
#include "daemon/forward/forward_read.h"
#include "daemon/forward/forward_state.h"
#include "daemon/forward/machine.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/store/export.h"
#include "rules/db.h"
#include "rules/db_size.h"

#define PAUSE_MS 1000 /* with nothing to send */
#define RETRY_MAX_MS 60000

struct forward {
	const struct forward_options *options;
	char machine[MACHINE_SIZE];
	char hostname[256];
	struct utsname kernel;
	struct pg *pg;
	struct store *store;
	struct fleet_source source;
	char *epoch; /* that source.epoch points to; NULL: where the cursor stands is not known */
	json_t *anchors; /* see export_is_same() */
	size_t batch_max;
	uint64_t idle_ms; /* with a connection and nothing to send */
	struct backoff backoff;
	char *why;  /* it waits: what for */
	char *said; /* the last trouble that was logged; one line for all tries */
	struct forward_state state;
};

static void deinit(struct forward *forward)
{
	pg_close(forward->pg);
	store_close(forward->store);
	json_decref(forward->anchors);
	free(forward->epoch);
	free(forward->why);
	free(forward->said);
	free((char *)forward->state.to);
}

static void tell_state(struct forward *forward)
{
	forward->state.epoch = forward->epoch;
	forward->state.cursor = forward->source.cursor;
	forward->state.why = forward->why;
	forward_state_write(forward->options->run_dir, &forward->state);
}

/* --- where the cursor stands ------------------------------------------------------------------ */

static void lose_place(struct forward *forward)
{
	free(take_ptr(forward->epoch));
	forward->source.epoch = NULL;
}

/* The server's word on how far this store is there; an older copy of it begins anew. */
static struct err *find_place(struct forward *forward)
{
	bool same;

	TRY(fleet_schema_check(forward->pg));
	TRY(fleet_source_read(forward->pg, &forward->source));
	json_decref(take_ptr(forward->anchors));
	TRY(fleet_source_anchors(forward->pg, &forward->source, &forward->anchors));
	TRY(export_is_same(forward->store, forward->source.cursor, forward->anchors, &same));
	if (same)
		return NULL;
	log_line(LOG_NOTICE, "an older copy of the store was put back, or another one in its "
			     "place: all of its verdicts are sent "
			     "again, and those that are there stay as they are");
	json_decref(take_ptr(forward->anchors));
	forward->anchors = json_array();
	return fleet_source_anew(forward->pg, &forward->source);
}

/* Is the store still the one that the cursor is of? */
static struct err *check_place(struct forward *forward)
{
	_free_ char *epoch = NULL;
	bool same = true;

	TRY(export_epoch(forward->store, &epoch));
	if (forward->epoch && !strcmp(epoch, forward->epoch))
		TRY(export_is_same(forward->store, forward->source.cursor, forward->anchors,
				   &same));
	else
		same = false;
	if (same)
		return NULL;
	lose_place(forward);
	forward->source.epoch = epoch;
	struct err *err = find_place(forward);
	forward->source.epoch = NULL;
	if (err)
		return err;
	forward->epoch = take_ptr(epoch);
	forward->source.epoch = forward->epoch;
	tell_state(forward);
	return NULL;
}

/* --- sending ---------------------------------------------------------------------------------- */

/* Newest first, as the server gives them. */
static void keep_anchors(struct forward *forward, const struct fleet_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_array_insert_new(forward->anchors, 0,
				      json_pack("{s:O, s:O}", "uid",
						json_object_get(records[i].brief, "uid"), "number",
						json_object_get(records[i].brief, "number")));
	while (json_array_size(forward->anchors) > FLEET_ANCHORS_MAX)
		json_array_remove(forward->anchors, json_array_size(forward->anchors) - 1);
}

/* One that the server does not take alone either: what is big of it stays behind. */
static struct err *write_small(struct forward *forward, struct fleet_record *record, int64_t last,
			       struct err *why)
{
	log_line(LOG_WARNING, "the server refuses what was found in dump %lld, it stays here: %s",
		 json_integer_at(record->brief, "local_id"), why->message);
	fleet_record_leave_out(record, why->message);
	err_free(why);
	return fleet_write(forward->pg, &forward->source, record, 1, last);
}

/* A refused batch is sent in smaller ones, so that what is wrong holds nothing else up. */
static struct err *write_records(struct forward *forward, struct fleet_record *records,
				 size_t count, int64_t last)
{
	struct err *err = fleet_write(forward->pg, &forward->source, records, count, last);

	if (!err) {
		forward->batch_max = MIN(forward->batch_max * 2, FLEET_BATCH_MAX);
		return NULL;
	}
	/* A network that breaks now and then lets less through at once. */
	if (err->code != ERR_INVALID) {
		forward->batch_max = err->code == ERR_IO ? MAX(count / 2, 1) : forward->batch_max;
		return err;
	}
	if (count == 1)
		return write_small(forward, records, last, err);
	forward->batch_max = MAX(count / 2, 1);
	err_free(err);
	return NULL;
}

/* *more: there may be others behind them. */
static struct err *send_batch(struct forward *forward, bool *more)
{
	struct fleet_record records[FLEET_BATCH_MAX];
	size_t count, max = forward->batch_max;
	int64_t last, before = forward->source.cursor;
	struct err *err;

	err = forward_read(forward->store, before, records, max, &count, &last);
	if (!err && count)
		err = write_records(forward, records, count, last);
	if (!err && forward->source.cursor != before) {
		keep_anchors(forward, records, count);
		forward->state.sent += (int64_t)count;
		forward->state.sent_s = time(NULL);
	}
	for (size_t i = 0; i < count; i++)
		fleet_record_deinit(&records[i]);
	*more = count > 0;
	return err;
}

/* --- a round ---------------------------------------------------------------------------------- */

/* Opened anew each round, since the daemon may begin another file. */
static struct err *open_store(struct forward *forward)
{
	const char *path = forward->options->database;

	store_close(take_ptr(forward->store));
	if (access(path, R_OK))
		return err_errno(errno, "%s", path);
	TRY(store_open(path, DB_READ_ONLY, &forward->store));
	return db_add_stored_size(store_db(forward->store));
}

static void resumed(struct forward *forward)
{
	backoff_reset(&forward->backoff);
	if (!forward->why)
		return;
	log_line(LOG_NOTICE, "forwarding to %s again, after %" PRId64 " s", forward->state.to,
		 time(NULL) - forward->state.waits_since_s);
	free(take_ptr(forward->why));
	free(take_ptr(forward->said));
	forward->state.waits_since_s = 0;
	tell_state(forward);
}

/* A server has few connections and a site many hosts: one that nothing was sent over for a while is given back. */
static void rest(struct forward *forward)
{
	forward->idle_ms += PAUSE_MS;
	if (forward->idle_ms > forward->options->idle_ms)
		pg_close(take_ptr(forward->pg));
}

/* Whether the store can tell by itself that there is nothing to send: no connection, and the place is known. */
static struct err *nothing_new(struct forward *forward, bool *ret)
{
	_free_ char *epoch = NULL;
	int64_t lag;

	*ret = false;
	if (forward->pg || !forward->epoch)
		return NULL;
	TRY(export_epoch(forward->store, &epoch));
	TRY(export_lag(forward->store, forward->source.cursor, &lag));
	if (!lag && !strcmp(epoch, forward->epoch))
		TRY(export_is_same(forward->store, forward->source.cursor, forward->anchors, ret));
	return NULL;
}

static struct err *connect_server(struct forward *forward)
{
	if (forward->pg)
		return NULL;
	lose_place(forward);
	forward->idle_ms = 0;
	TRY(pg_open(forward->options->to, &forward->pg));
	return fleet_writer_prepare(forward->pg);
}

static struct err *send_all(struct forward *forward)
{
	bool more = true;

	forward->idle_ms = 0;
	while (more) {
		TRY(send_batch(forward, &more));
		tell_state(forward);
		notify_send("STATUS=%" PRId64 " verdicts sent to %s", forward->state.sent,
			    forward->state.to);
	}
	return NULL;
}

static struct err *round_once(struct forward *forward)
{
	int64_t lag;
	bool nothing;

	TRY(open_store(forward));
	TRY(nothing_new(forward, &nothing));
	if (nothing)
		return NULL;
	TRY(connect_server(forward));
	TRY(check_place(forward));
	TRY(export_lag(forward->store, forward->source.cursor, &lag));
	resumed(forward);
	if (lag)
		return send_all(forward);
	rest(forward);
	return NULL;
}

/* --- trouble ---------------------------------------------------------------------------------- */

/* One line when it begins, and one for another reason; the state has it as long as it lasts. */
static void trouble(struct forward *forward, struct err *err)
{
	pg_close(take_ptr(forward->pg));
	store_close(take_ptr(forward->store));
	lose_place(forward);
	if (!forward->why)
		forward->state.waits_since_s = time(NULL);
	free(forward->why);
	forward->why = strdup(err->message);
	if (!forward->said || strcmp(forward->said, err->message)) {
		log_line(LOG_WARNING,
			 "verdicts wait here, tried again until they can be sent to %s: %s",
			 forward->state.to, err->message);
		free(forward->said);
		forward->said = strdup(err->message);
	}
	err_free(err);
	tell_state(forward);
	notify_send("STATUS=waiting: %s", forward->why ? forward->why : "");
}

/* --- without end ------------------------------------------------------------------------------ */

static struct err *run_once(struct forward *forward)
{
	struct err *err = round_once(forward);

	/* Two that work at once take turns. */
	while (err && err->code == ERR_LOOP) {
		err_free(err);
		lose_place(forward);
		err = round_once(forward);
	}
	if (!err)
		tell_state(forward);
	return err;
}

/* A connection that broke while nothing was sent says nothing of the server: a new one does. */
static struct err *round_anew(struct forward *forward)
{
	bool old = forward->pg;
	struct err *err = round_once(forward);

	if (!err || !old || forward->why || err->code != ERR_IO || err->errnum != ENOTCONN)
		return err;
	err_free(err);
	pg_close(take_ptr(forward->pg));
	return round_once(forward);
}

static void run_on(struct forward *forward)
{
	for (;;) {
		struct err *err = round_anew(forward);

		if (!err) {
			backoff_pause(PAUSE_MS);
			continue;
		}
		if (err->code != ERR_LOOP) {
			trouble(forward, err);
			backoff_wait(&forward->backoff);
			continue;
		}
		log_line(LOG_NOTICE, "%s", err->message);
		err_free(err);
		lose_place(forward);
	}
}

static struct err *prepare(struct forward *forward)
{
	if (forward->options->machine)
		copy_string(forward->machine, sizeof(forward->machine), forward->options->machine);
	else
		TRY(machine_id(forward->machine));
	if (gethostname(forward->hostname, sizeof(forward->hostname) - 1))
		copy_string(forward->hostname, sizeof(forward->hostname), "?");
	forward->source.machine = forward->machine;
	if (uname(&forward->kernel))
		copy_string(forward->kernel.release, sizeof(forward->kernel.release), "?");
	forward->source.hostname = forward->hostname;
	forward->source.kernel = forward->kernel.release;
	forward->source.version = TRIAGE_VERSION;
	forward->anchors = json_array();
	return pg_describe(forward->options->to, (char **)&forward->state.to);
}

struct err *forward_run(const struct forward_options *options)
{
	_cleanup_(deinit) struct forward forward = {.options = options,
						    .batch_max = FLEET_BATCH_MAX,
						    .backoff = {.most_ms = RETRY_MAX_MS}};

	TRY(prepare(&forward));
	if (options->once)
		return run_once(&forward);
	notify_send("READY=1");
	log_line(LOG_INFO, "forwarding %s to %s", options->database, forward.state.to);
	tell_state(&forward);
	run_on(&forward);
	return NULL;
}
