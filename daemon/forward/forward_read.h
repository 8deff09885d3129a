/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FORWARD_FORWARD_READ
#define TRIAGE_DAEMON_FORWARD_FORWARD_READ

#include "daemon/fleet/fleet_writer.h"
#include "daemon/store/store.h"

/*
 * Verdicts out of a host's store, as the central database takes them. Texts are copied by SQLite from row to
 * JSON; none is parsed on the way.
 */
#define FORWARD_BATCH_BYTES                                                                        \
	(2u << 20) /* findings of a batch, unless its first verdict alone has more */
#define FORWARD_VERDICT_BYTES                                                                      \
	(8u << 20) /* findings of a verdict; those of a bigger one stay behind */

/* The store's epoch; the caller's. */
struct err *forward_epoch(struct store *store, char **ret);
/* The last number that its export gave, whether that verdict is still there or not. */
struct err *forward_head(struct store *store, int64_t *ret);
/* Verdicts behind a cursor. */
struct err *forward_lag(struct store *store, int64_t cursor, int64_t *ret);

/*
 * Up to max verdicts behind the cursor, in one reading transaction. *last is the number of the last; records are the
 * caller's to deinit, on an error too.
 */
struct err *forward_read(struct store *store, int64_t cursor, struct fleet_record *records,
			 size_t max, size_t *count, int64_t *last);

/*
 * Does the store have the verdicts that the server knows by these numbers, [{"uid", "number"}], and all that it gave
 * up to cursor? An older copy that was put back gives other verdicts numbers that were given before.
 */
struct err *forward_is_same(struct store *store, int64_t cursor, const json_t *anchors, bool *ret);

#endif
