/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_ALERT
#define TRIAGE_DAEMON_STORE_ALERT

#include "daemon/store/store.h"

/*
 * Alerts: what the rules of the fleet found, as fleet_watch.h keeps it. The central database alone has them:
 * ERR_UNSUPPORTED of a host's own store. Documents are those of schema/alert.schema.json, the caller's.
 */

/* Tells a cursor of the alerts from those of verdicts, and of other databases; the caller's. */
struct err *alert_epoch(struct store *store, char **ret);
/* The next one behind a number of their export, and its own number; NULL where there is none yet. */
struct err *alert_next(struct store *store, int64_t *number, json_t **ret);
/* Up to 1000 of them, what changed last first; those that are closed, too, or open ones alone. */
struct err *alert_list(struct store *store, bool closed, json_t **ret);

#endif
