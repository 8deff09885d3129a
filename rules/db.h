/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_DB
#define TRIAGE_RULES_DB

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "rules/db_driver.h"

/*
 * A database behind struct err: connections, prepared statements, restricted queries. It is a file of
 * SQLite, or a server's whose driver (db_driver.h) makes it look like one: what is asked of either is written
 * once, in the SQL that both know, with SQLite's parameters ("?", "?1"). One connection belongs to one thread.
 */
struct db;
struct stmt;

enum db_dialect db_dialect(const struct db *db);

enum db_flags {
	DB_READ_ONLY = 1 << 0, /* an existing file; never creates or writes one */
};

/*
 * SQLite's; only rules/db_sqlite.c includes its header. path may be ":memory:". A file is opened in WAL mode and waits up to five seconds for another
 * writer. errnum of an ERR_IO from here on is an errno where one fits: ENOSPC (disk full), EROFS,
 * EBUSY (locked), EIO; ERR_CORRUPT is a file that is no database or a damaged one.
 */
struct err *db_open(const char *path, unsigned flags, struct db **ret);
void db_close(struct db *db);
DEFINE_CLEANUP(struct db, db_close)

/* Run statements that return nothing. */
struct err *db_exec(struct db *db, const char *sql);
/* SQLite's: rows changed by the last statement. */
int64_t db_changes(struct db *db);
/* BEGIN IMMEDIATE … COMMIT; rollback is harmless when no transaction is open. */
struct err *db_begin(struct db *db);
/* The same to read several things as they were at one moment. */
struct err *db_begin_reading(struct db *db);
struct err *db_commit(struct db *db);
void db_rollback(struct db *db);
DEFINE_CLEANUP(struct db, db_rollback)

/*
 * A prepared statement. Those of db_prepare() are kept with the connection by the address of
 * their text, which must be a constant: asking again gives the same one, reset and unbound. Don't
 * finalize them; db_close() does. One whose text is made goes by stmt_forget().
 */
struct err *db_prepare(struct db *db, const char *sql, struct stmt **ret);
/* Give one back whose text goes away before the connection is closed. */
void stmt_forget(struct stmt *stmt);
DEFINE_CLEANUP(struct stmt, stmt_forget)

/* Parameters count from 1, columns from 0. Text is copied; NULL text binds NULL. */
struct err *stmt_bind_int(struct stmt *stmt, int parameter, int64_t value);
struct err *stmt_bind_text(struct stmt *stmt, int parameter, const char *text);
/* SQLite's: number of a named parameter (":dump"), 0 when the statement has none of that name. */
int stmt_parameter(struct stmt *stmt, const char *name);
/* Next row; *row is false at the end, and the statement is then reset. */
struct err *stmt_step(struct stmt *stmt, bool *row);
/* For statements without rows: step once and reset. */
struct err *stmt_run(struct stmt *stmt);
void stmt_reset(struct stmt *stmt);

/* SQLite's: the first three. */
int stmt_column_count(struct stmt *stmt);
const char *stmt_column_name(struct stmt *stmt, int column);
bool stmt_is_number(struct stmt *stmt, int column);
bool stmt_is_null(struct stmt *stmt, int column);
int64_t stmt_int(struct stmt *stmt, int column);
double stmt_real(struct stmt *stmt, int column);
/* Valid until the next step or reset; NULL for NULL. */
const char *stmt_text(struct stmt *stmt, int column);
/* A column as a string of the caller's; NULL for NULL. */
struct err *stmt_column_dup(struct stmt *stmt, int column, char **ret);

/*
 * db_prepare() with the parameters bound in order. kinds has a letter for each: i int64_t, r
 * double, t const char * (NULL binds NULL).
 */
struct err *db_query(struct db *db, struct stmt **ret, const char *sql, const char *kinds, ...);
/* The same for a statement without rows, and run it. */
struct err *db_run(struct db *db, const char *sql, const char *kinds, ...);
/* The same for one integer: of the first row, or what *ret held before when there is no row. */
struct err *db_number(struct db *db, int64_t *ret, const char *sql, const char *kinds, ...);

/*
 * For SQL that others wrote (rules): one single SELECT, which may read tables and views and call
 * the built-in functions that touch neither files nor extensions, and runs for at most `steps`
 * thousand virtual machine instructions in all, 2 s of CPU and 256 MiB of memory (which SQLite before 3.31
 * cannot bound). ERR_INVALID says what it wanted beyond that, ERR_LIMIT what it took too much of. Finalize with stmt_finalize(). SQLite's alone.
 */
struct err *db_prepare_untrusted(struct db *db, const char *sql, unsigned steps, struct stmt **ret);
/* Where in its text the last db_prepare_untrusted() found what is wrong, bytes; -1: not known. */
int64_t db_error_offset(struct db *db);
void stmt_finalize(struct stmt *stmt);
DEFINE_CLEANUP(struct stmt, stmt_finalize)

#endif
