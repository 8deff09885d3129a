/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FLEET_PG
#define TRIAGE_DAEMON_FLEET_PG

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * PostgreSQL, and what speaks as it does, behind struct err. Only pg.c includes libpq-fe.h. One
 * connection belongs to one thread.
 */
struct pg;
struct pg_rows;

/* How long a host of an address may take to answer, and a server to say anything at all, unless the caller knows better. */
#define PG_CONNECT_S "10"
#define PG_ANSWER_S 120

/* Is that a server's address and no file's? "postgresql://…" or "postgres://…". */
bool pg_is_address(const char *text);
/*
 * address is a URI or what else libpq takes ("service=fleet"); service files, TLS, certificates and
 * passwords are read by libpq's own means. ERR_INVALID for an address that is none, or that has a password in
 * it: others read command lines and configurations. Errors from here on:
 *   ERR_IO           may pass by itself; errnum is ENOTCONN (no connection, or it broke), ETIMEDOUT, ENOSPC,
 *                    EROFS, EAGAIN (another transaction was in the way), EACCES (not allowed)
 *   ERR_NOT_FOUND    a table, schema, database or role that is not there
 *   ERR_INVALID      a value that the server refuses
 *   ERR_UNSUPPORTED  the rest, as the server has it
 */
struct err *pg_open(const char *address, struct pg **ret);
void pg_close(struct pg *pg);
DEFINE_CLEANUP(struct pg, pg_close)

/* An address as it may be shown: without passwords, as "host:port/database". */
struct err *pg_describe(const char *address, char **ret);
/* SQLSTATE of the last error that the server reported; "" when it was not the server's. */
const char *pg_sqlstate(const struct pg *pg);
/* The longest time without a word of the server, seconds. */
void pg_set_patience(struct pg *pg, unsigned seconds);

/* One statement or more, without parameters and results. */
struct err *pg_exec(struct pg *pg, const char *sql);
/*
 * A statement with parameters $1, $2 … in order; kinds has a letter for each: i int64_t, r double, t
 * const char * (NULL is NULL; the bytes must be UTF-8), b int (bool). The rows are the caller's.
 */
struct err *pg_query(struct pg *pg, struct pg_rows **ret, const char *sql, const char *kinds, ...);
/* The same with values as text, NULL is NULL; they are borrowed. */
struct err *pg_query_values(struct pg *pg, struct pg_rows **ret, const char *sql, int count,
			    const char *const *values);
/* The same for a statement without rows. */
struct err *pg_run(struct pg *pg, const char *sql, const char *kinds, ...);
/* The same for one integer: of the first row, or what *ret held before when there is no row. */
struct err *pg_number(struct pg *pg, int64_t *ret, const char *sql, const char *kinds, ...);

/* BEGIN … COMMIT; rollback is harmless when no transaction is open. */
struct err *pg_begin(struct pg *pg);
struct err *pg_commit(struct pg *pg);
void pg_rollback(struct pg *pg);
DEFINE_CLEANUP(struct pg, pg_rollback)

/* Rows and columns count from 0; text is valid until the rows are freed, NULL for NULL. */
int pg_count(const struct pg_rows *rows);
int pg_columns(const struct pg_rows *rows);
/* The column of that name; -1: there is none. */
int pg_column(const struct pg_rows *rows, const char *name);
bool pg_is_null(const struct pg_rows *rows, int row, int column);
const char *pg_text(const struct pg_rows *rows, int row, int column);
int64_t pg_int(const struct pg_rows *rows, int row, int column);
double pg_real(const struct pg_rows *rows, int row, int column);
void pg_rows_free(struct pg_rows *rows);
DEFINE_CLEANUP(struct pg_rows, pg_rows_free)
#define _pg_rows_ _cleanup_(cleanup_pg_rows_free)

/*
 * Statements one after another, without waiting for the answer to each: pg_send() between
 * pg_pipeline_begin() and pg_pipeline_end(), which gives the first error that any of them met. After that error
 * the server runs none of the rest. Statements of a pipeline are one transaction. Each sql must be a
 * constant: it is prepared once a connection.
 */
struct err *pg_pipeline_begin(struct pg *pg);
struct err *pg_send(struct pg *pg, const char *sql, const char *kinds, ...);
struct err *pg_pipeline_end(struct pg *pg);

#endif
