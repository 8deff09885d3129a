/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SQL
#define TRIAGE_DAEMON_SQL

#include "rules/db.h"

/*
 * Prepare sql (a constant, see db_prepare()) and bind its parameters in order. kinds has a letter
 * for each: i int64_t, r double, t const char * (NULL binds NULL).
 */
struct err *sql_prepare(struct db *db, struct stmt **ret, const char *sql, const char *kinds, ...);
/* The same for a statement without rows, and run it. */
struct err *sql_run(struct db *db, const char *sql, const char *kinds, ...);
/* The same for one integer: of the first row, or what *ret held before when there is no row. */
struct err *sql_number(struct db *db, int64_t *ret, const char *sql, const char *kinds, ...);
/* A column as a string of its own; NULL for NULL and on out-of-memory. */
char *sql_text(struct stmt *stmt, int column);

#endif
