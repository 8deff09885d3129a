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
struct store_guard;

struct store_guard_events {
	/* The store can be used (again); first is true once. An error sends it away again. */
	struct err *(*up)(void *context, bool first);
	/* It cannot: forget everything that stands on it. It is closed after this returns. */
	void (*down)(void *context);
	void *context;
};

/* Opens on the first turn of the loop, or as soon after as it can. */
struct err *store_guard_create(struct loop *loop, const char *path,
			       const struct store_guard_events *events, struct store_guard **ret);
void store_guard_destroy(struct store_guard *guard);
DEFINE_CLEANUP(struct store_guard, store_guard_destroy)
/* NULL while it is away. */
struct store *store_guard_get(const struct store_guard *guard);
struct db *store_guard_db(const struct store_guard *guard);
/*
 * How a step on the store went: true when err is NULL. Else err is consumed and logged, and the
 * store goes away until it can be written again. down() has run when this returns: all that stood
 * on the store is freed, the job the caller was at too.
 */
bool store_guard_check(struct store_guard *guard, struct err *err, const char *doing);
/* Why it is away, or NULL when it is there. */
const char *store_guard_trouble(const struct store_guard *guard);

#endif
