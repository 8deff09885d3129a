/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_EXPORT
#define TRIAGE_DAEMON_STORE_EXPORT

#include "daemon/store/store.h"

/*
 * The export: verdicts by the numbers that they were given as they were stored, of a host's own store or of the
 * central database. Why who has seen number N has seen all there will ever be below it stands at table export in
 * schema/002-queue.sql.
 */

/* Tells a number of this store from one of another; the caller's. */
struct err *export_epoch(struct store *store, char **ret);
/* The last number that was given, whether that verdict is still there or not. */
struct err *export_head(struct store *store, int64_t *ret);
/* Verdicts behind a number. */
struct err *export_lag(struct store *store, int64_t number, int64_t *ret);
/* Has the dump with this uid a verdict with this number? */
struct err *export_has(struct store *store, int64_t number, const char *uid, bool *ret);

/*
 * Does the store have the verdicts that somebody knows by these numbers, [{"uid", "number"}], and all that it gave
 * up to cursor? An older copy that was put back gives other verdicts numbers that were given before.
 */
struct err *export_is_same(struct store *store, int64_t cursor, const json_t *anchors, bool *ret);

/* A verdict of the export; given back by export_item_deinit(). */
struct export_item {
	int64_t number, dump;
	char *state;	/* of its job */
	json_t *report; /* its document, see report.h */
};
void export_item_deinit(struct export_item *item);
#define _export_item_ _cleanup_(export_item_deinit)

/* The next verdict behind a number, read in one transaction; *found is false where there is none yet. */
struct err *export_next(struct store *store, int64_t number, struct export_item *ret, bool *found);

#endif
