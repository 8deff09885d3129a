/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store/store_guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/log.h"

#define RETRY_FIRST_MS 2000
#define RETRY_LAST_MS 60000
/* Up for less than that was not up: a full disk often has room for one more row. */
#define STEADY_MS 10000

struct storage {
	struct loop *loop;
	char *path;
	struct storage_events events;
	struct store *store;
	struct timer retry;
	int64_t delay_ms;
	int64_t up_ms; /* when it came up last */
	char *trouble;
	bool been_up;
};

struct store *storage_get(const struct storage *storage)
{
	return storage->store;
}

struct db *storage_db(const struct storage *storage)
{
	return store_db(storage->store);
}

const char *storage_trouble(const struct storage *storage)
{
	return storage->trouble;
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
static void put_aside(struct storage *storage)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	_free_ char *aside = NULL;

	if (asprintf(&aside, "%s.damaged-%lld", storage->path, (long long)time(NULL)) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		_free_ char *from = NULL, *to = NULL;

		if (asprintf(&from, "%s%s", storage->path, suffixes[i]) < 0 ||
		    asprintf(&to, "%s%s", aside, suffixes[i]) < 0)
			return;
		if (rename(from, to) && errno != ENOENT)
			log_line(LOG_ERR, "rename %s: %s", from, strerror(errno));
	}
	log_line(LOG_CRIT,
		 "the damaged database is kept as %s; what can be read of it: sqlite3 %s .recover",
		 aside, aside);
}

static void go_down(struct storage *storage, struct err *err, const char *doing)
{
	if (storage->store && clock_ms() - storage->up_ms > STEADY_MS)
		storage->delay_ms = RETRY_FIRST_MS;
	if (!storage->trouble)
		log_line(LOG_ERR, "%s: %s; %s. Analysis waits until the store can be written again",
			 doing, err->message, remedy(err));
	if (storage->store) {
		storage->events.down(storage->events.context);
		db_rollback(store_db(storage->store));
		store_close(take_ptr(storage->store));
	}
	if (err->code == ERR_CORRUPT)
		put_aside(storage);
	free(storage->trouble);
	storage->trouble = strdup(err->message);
	timer_set(storage->loop, &storage->retry, storage->delay_ms);
	storage->delay_ms = MIN(2 * storage->delay_ms, RETRY_LAST_MS);
}

bool storage_check(struct storage *storage, struct err *err, const char *doing)
{
	if (!err)
		return true;
	if (storage->store)
		go_down(storage, err, doing);
	err_free(err);
	return false;
}

/* A database that opens may still be read-only or full: only a write that lasts tells. */
static struct err *prove_writable(struct store *store)
{
	struct db *db = store_db(store);

	TRY(db_begin(db));
	TRY(db_exec(db, "UPDATE export_epoch SET epoch = epoch"));
	return db_commit(db);
}

static struct err *come_up(struct storage *storage)
{
	TRY(store_open(storage->path, 0, &storage->store));
	TRY(prove_writable(storage->store));
	return storage->events.up(storage->events.context, !storage->been_up);
}

static void try_open(void *context)
{
	struct storage *storage = context;
	_err_ struct err *err = come_up(storage);

	if (err) {
		go_down(storage, err, storage->path);
		return;
	}
	storage->been_up = true;
	storage->up_ms = clock_ms();
	if (storage->trouble)
		log_line(LOG_NOTICE, "the store can be written again: going on");
	free(take_ptr(storage->trouble));
}

struct err *storage_create(struct loop *loop, const char *path, const struct storage_events *events,
			   struct storage **ret)
{
	_cleanup_(cleanup_storage_destroy) struct storage *storage = calloc(1, sizeof(*storage));

	if (!storage || !(storage->path = strdup(path)))
		return &err_nomem;
	storage->loop = loop;
	storage->events = *events;
	storage->delay_ms = RETRY_FIRST_MS;
	storage->retry = (struct timer){.run = try_open, .context = storage};
	timer_set(loop, &storage->retry, 0);
	*ret = take_ptr(storage);
	return NULL;
}

void storage_destroy(struct storage *storage)
{
	if (!storage)
		return;
	timer_stop(storage->loop, &storage->retry);
	store_close(storage->store);
	free(storage->trouble);
	free(storage->path);
	free(storage);
}
