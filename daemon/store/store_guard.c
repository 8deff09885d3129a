/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store as something that goes away and comes back. */
#include "daemon/store/store_guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/log.h"
#include "daemon/store/store_check.h"

#define RETRY_FIRST_MS 2000
#define RETRY_LAST_MS 60000
/* A store that fails sooner was not really back: a full disk often has room for one more row. */
#define STEADY_MS 10000
/* A large database is used before its check is over; damage is then found beside the work. */
#define CHECK_WAIT_MS 30000
#define CHECK_AGAIN_MS 3600000
/* Checks take no more than this part of the time, however large the database. */
#define CHECK_PART 500

struct store_guard {
	struct loop *loop;
	char *path;
	struct store_guard_events events;
	struct store *store;
	struct timer retry;
	struct store_check *check;
	struct timer check_again;
	int64_t check_ms; /* when the check began */
	int64_t delay_ms;
	int64_t up_ms; /* when it came up last */
	char *trouble;
	bool been_up, checked;
};

struct store *store_guard_get(const struct store_guard *guard)
{
	return guard->store;
}

struct db *store_guard_db(const struct store_guard *guard)
{
	return store_db(guard->store);
}

const char *store_guard_trouble(const struct store_guard *guard)
{
	if (guard->store)
		return NULL;
	return guard->trouble ? guard->trouble : "it is not open yet";
}

/* What a person can do about it. */
static const char *remedy(const struct err *err)
{
	if (err->code == ERR_CORRUPT)
		return "the file is put aside and a new one begun";
	switch (err->code == ERR_IO ? err->errnum : 0) {
	case ENOSPC:
	case EDQUOT:
		return "make room on its file system (triage prune, or report_keep_size)";
	case EROFS:
	case EACCES:
	case EPERM:
		return "make it writable for the daemon's user";
	case EBUSY:
	case EAGAIN:
		return "another program keeps it locked";
	}
	return "see the file system's log";
}

/* Move the damaged file and its companions aside; what is left of it may still be recovered. */
static void put_aside(struct store_guard *guard)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	_free_ char *aside = NULL;

	if (asprintf(&aside, "%s.damaged-%lld", guard->path, (long long)time(NULL)) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		_free_ char *from = NULL, *to = NULL;

		if (asprintf(&from, "%s%s", guard->path, suffixes[i]) < 0 ||
		    asprintf(&to, "%s%s", aside, suffixes[i]) < 0)
			return;
		if (rename(from, to) && errno != ENOENT)
			log_line(LOG_ERR, "rename %s: %s", from, strerror(errno));
	}
	log_line(LOG_CRIT,
		 "the damaged database is kept as %s; what can be read of it: sqlite3 %s .recover",
		 aside, aside);
}

static void go_down(struct store_guard *guard, struct err *err, const char *doing)
{
	if (guard->store && loop_now_ms() - guard->up_ms > STEADY_MS)
		guard->delay_ms = RETRY_FIRST_MS;
	if (!guard->trouble)
		log_line(LOG_ERR, "%s: %s; %s. Analysis waits until the store can be written again",
			 doing, err->message, remedy(err));
	if (guard->store) {
		guard->events.down(guard->events.context);
		db_rollback(store_db(guard->store));
		store_close(take_ptr(guard->store));
	}
	if (err->code == ERR_CORRUPT) {
		store_check_destroy(take_ptr(guard->check));
		put_aside(guard);
	}
	free(guard->trouble);
	guard->trouble = strdup(err->message);
	timer_set(guard->loop, &guard->retry, guard->delay_ms);
	guard->delay_ms = MIN(2 * guard->delay_ms, RETRY_LAST_MS);
}

bool store_guard_check(struct store_guard *guard, struct err *err, const char *doing)
{
	if (!err)
		return true;
	if (guard->store)
		go_down(guard, err, doing);
	err_free(err);
	return false;
}

/* A database that can be opened may still be read-only or full: only a commit tells. */
static struct err *prove_writable(struct store *store)
{
	struct db *db = store_db(store);

	TRY(db_begin(db));
	TRY(db_exec(db, "UPDATE export_epoch SET epoch = epoch"));
	return db_commit(db);
}

static struct err *come_up(struct store_guard *guard)
{
	TRY(store_open(guard->path, 0, &guard->store));
	TRY(prove_writable(guard->store));
	return guard->events.up(guard->events.context, !guard->been_up);
}

static void open_now(struct store_guard *guard)
{
	_err_ struct err *err = come_up(guard);

	timer_stop(guard->loop, &guard->retry);
	if (err) {
		go_down(guard, err, guard->path);
		return;
	}
	guard->been_up = true;
	guard->up_ms = loop_now_ms();
	if (guard->trouble)
		log_line(LOG_NOTICE, "the store can be written again: going on");
	free(take_ptr(guard->trouble));
}

static void on_checked(void *context, struct err *err)
{
	struct store_guard *guard = context;
	_err_ struct err *owned = err;

	guard->check = NULL;
	timer_set(guard->loop, &guard->check_again,
		  MAX(CHECK_AGAIN_MS, CHECK_PART * (loop_now_ms() - guard->check_ms)));
	if (err && err->code == ERR_CORRUPT) {
		go_down(guard, err, guard->path);
		return;
	}
	if (err)
		log_line(LOG_WARNING, "%s is not checked for damage: %s", guard->path,
			 err->message);
	if (!guard->store && !guard->trouble)
		open_now(guard);
}

/* False when there is nothing to wait for. */
static bool start_check(struct store_guard *guard)
{
	struct err *err;

	if (guard->check || access(guard->path, F_OK))
		return false;
	guard->check_ms = loop_now_ms();
	err = store_check_start(guard->loop, guard->path, on_checked, guard, &guard->check);
	if (err)
		log_error(LOG_WARNING, err, "%s is not checked for damage", guard->path);
	return !err;
}

static void on_check_due(void *context)
{
	start_check(context);
}

/* What is opened for the first time is checked first, for as long as that can be waited for. */
static void try_open(void *context)
{
	struct store_guard *guard = context;
	bool first = !guard->checked;

	guard->checked = true;
	if (first && start_check(guard))
		timer_set(guard->loop, &guard->retry, CHECK_WAIT_MS);
	else
		open_now(guard);
}

struct err *store_guard_create(struct loop *loop, const char *path,
			       const struct store_guard_events *events, struct store_guard **ret)
{
	_cleanup_(cleanup_store_guard_destroy) struct store_guard *guard =
		calloc(1, sizeof(*guard));

	if (!guard || !(guard->path = strdup(path)))
		return &err_nomem;
	guard->loop = loop;
	guard->events = *events;
	guard->delay_ms = RETRY_FIRST_MS;
	guard->retry = (struct timer){.run = try_open, .context = guard};
	guard->check_again = (struct timer){.run = on_check_due, .context = guard};
	timer_set(loop, &guard->retry, 0);
	*ret = take_ptr(guard);
	return NULL;
}

void store_guard_destroy(struct store_guard *guard)
{
	if (!guard)
		return;
	timer_stop(guard->loop, &guard->retry);
	timer_stop(guard->loop, &guard->check_again);
	store_check_destroy(guard->check);
	store_close(guard->store);
	free(guard->trouble);
	free(guard->path);
	free(guard);
}
