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
	(6u << 20) /* findings of a batch, unless its first verdict alone has more */
#define FORWARD_VERDICT_BYTES                                                                      \
	(2u << 20) /* findings of a verdict; of a bigger one the largest evidence stays behind */

/*
 * Up to max verdicts behind the cursor, in one reading transaction. *last is the number of the last; records are the
 * caller's to deinit, on an error too.
 */
struct err *forward_read(struct store *store, int64_t cursor, struct fleet_record *records,
			 size_t max, size_t *count, int64_t *last);

#endif
