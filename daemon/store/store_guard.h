/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_STORE_GUARD
#define TRIAGE_DAEMON_STORE_STORE_GUARD

#include "daemon/loop.h"
#include "daemon/store/store.h"

/*
 * The store as the daemon holds it: it may become unusable at any moment (disk full, remounted
 * read-only, locked, damaged) and comes back by itself. While it is away nothing is lost: the
 * queue is on disk as of the last commit, and going on is the same as starting anew. A damaged
 * file is put aside, never deleted, and a new one begun.
 */
struct storage;

struct storage_events {
	/* The store can be used (again); first is true once. An error sends it away again. */
	struct err *(*up)(void *context, bool first);
	/* It cannot: forget everything that stands on it. It is closed after this returns. */
	void (*down)(void *context);
	void *context;
};

/* Opens on the first turn of the loop, or as soon after as it can. */
struct err *storage_create(struct loop *loop, const char *path, const struct storage_events *events,
			   struct storage **ret);
void storage_destroy(struct storage *storage);
DEFINE_CLEANUP(struct storage, storage_destroy)
/* NULL while it is away. */
struct store *storage_get(const struct storage *storage);
struct db *storage_db(const struct storage *storage);
/*
 * Run a step that failed through here: consumes err, logs it, and takes the store away until it
 * can be written again. True when err was NULL.
 */
bool storage_check(struct storage *storage, struct err *err, const char *doing);
/* What is wrong now, or NULL. */
const char *storage_trouble(const struct storage *storage);

#endif
