/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_STORE_CHECK
#define TRIAGE_DAEMON_STORE_STORE_CHECK

#include "daemon/loop.h"

/*
 * Looks through all pages of the database beside the daemon's other work: SQLite itself notices a
 * damaged page only when it comes by, and may write into the tables around it until then. A process
 * of its own, because a large database takes longer than the loop may stand still.
 */
struct store_check;

/*
 * done gets NULL, or the error that is its own to free: ERR_CORRUPT for damage, others where the
 * check could not be made. The check is gone when done is called.
 */
struct err *store_check_start(struct loop *loop, const char *path,
			      void (*done)(void *context, struct err *err), void *context,
			      struct store_check **ret);
/* Ends it; done is not called. */
void store_check_destroy(struct store_check *check);
DEFINE_CLEANUP(struct store_check, store_check_destroy)

#endif
