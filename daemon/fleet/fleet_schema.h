/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FLEET_FLEET_SCHEMA
#define TRIAGE_DAEMON_FLEET_FLEET_SCHEMA

#include "daemon/fleet/pg.h"

/*
 * The tables of the central database. schema/fleet/NNN-*.sql are the migrations, compiled in and run in
 * order, forward only, each in a transaction with the row of fleet.schema_version that says so; views.sql is
 * made anew whenever its text changes.
 */

/* Partitions of fleet.findings are there for this month and so many more: a writer makes none. */
#define FLEET_MONTHS_AHEAD 24

/* The version that this program writes and reads. */
int64_t fleet_schema_newest(void);
/* That of the server; 0: there is none. */
struct err *fleet_schema_version(struct pg *pg, int64_t *ret);
/*
 * Whether this program may work on the server's tables. ERR_IO with EAGAIN: not yet, they are none, or older ones,
 * and somebody may upgrade them; ERR_UNSUPPORTED: they are of a newer program. Both say what to do.
 */
struct err *fleet_schema_check(struct pg *pg);
/*
 * Make the tables, or bring older ones up to this program, and add partitions. With partitions false, findings
 * are one plain table: for servers that know no PARTITION OF; it goes for a server without tables alone.
 * ERR_UNSUPPORTED for tables of a newer program.
 */
struct err *fleet_schema_upgrade(struct pg *pg, bool partitions);

/*
 * Retention. Crashes that came more than keep_months whole months ago go, and so do the oldest beyond keep_count
 * (0: no bound), with all of their month; what they were counted in stays. *months and *crashes are what went.
 */
struct err *fleet_schema_prune(struct pg *pg, int64_t keep_months, int64_t keep_count,
			       int64_t *months, int64_t *crashes);

#endif
