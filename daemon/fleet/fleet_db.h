/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FLEET_FLEET_DB
#define TRIAGE_DAEMON_FLEET_FLEET_DB

#include "rules/db.h"

/*
 * The central database as a struct db, so that what is asked of a host's own store is asked of it in the same
 * words: schema triage of schema/fleet/views.sql has the names and columns of those tables. Each answer is held
 * in memory as a whole: ask for pages. A statement's parameters are 48 at most.
 */

/*
 * address is pg_open()'s, with its errors and those of fleet_schema_check(). DB_READ_ONLY: the server is told to
 * refuse each change.
 */
struct err *fleet_db_open(const char *address, unsigned flags, struct db **ret);

/* SQLite's parameters "?" and "?2" as "$1" and "$2"; those in strings stay. NULL on out-of-memory; the caller's. */
char *fleet_db_translate(const char *sql);

#endif
