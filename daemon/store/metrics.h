/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_METRICS
#define TRIAGE_DAEMON_STORE_METRICS

#include "base/str.h"
#include "json.h"
#include "rules/db.h"

/*
 * What Prometheus is told, in its text format; the alert rules for it are systemd/triage.rules.yml. Each value is a
 * gauge. Labels hold words of our own tables, configured paths and a version, never what a dump says: however many
 * crashes there are, the number of series does not grow.
 *
 * status is what the daemon answers to "status", NULL where it does not answer; db is its store, NULL while that cannot
 * be used: what only they know is left out then. now is in seconds since the epoch. On an error out is of no use.
 */
struct err *metrics_put(const json_t *status, struct db *db, int64_t now, struct str *out);

#endif
