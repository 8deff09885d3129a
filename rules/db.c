/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Databases of either kind: what each driver does, and what is the same for all. */
#include "rules/db.h"

#include <stdarg.h>
#include <string.h>

/* --- the connection --------------------------------------------------------------------------- */

enum db_dialect db_dialect(const struct db *db)
{
	return db->driver->dialect;
}

void db_close(struct db *db)
{
	if (db)
		db->driver->close(db);
}

struct err *db_exec(struct db *db, const char *sql)
{
	return db->driver->exec(db, sql);
}

struct err *db_begin(struct db *db)
{
	return db_exec(db, db_dialect(db) == DB_SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
}

struct err *db_begin_reading(struct db *db)
{
	return db_exec(db, db_dialect(db) == DB_SQLITE
				   ? "BEGIN"
				   : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

struct err *db_commit(struct db *db)
{
	return db_exec(db, "COMMIT");
}

void db_rollback(struct db *db)
{
	if (db)
		db->driver->rollback(db);
}

/* --- statements ------------------------------------------------------------------------------- */

struct err *db_prepare(struct db *db, const char *sql, struct stmt **ret)
{
	return db->driver->prepare(db, sql, ret);
}

struct err *stmt_bind_int(struct stmt *stmt, int parameter, int64_t value)
{
	return stmt->db->driver->bind_int(stmt, parameter, value);
}

struct err *stmt_bind_text(struct stmt *stmt, int parameter, const char *text)
{
	return stmt->db->driver->bind_text(stmt, parameter, text);
}

struct err *stmt_step(struct stmt *stmt, bool *row)
{
	TRY(stmt->db->driver->step(stmt, row));
	return NULL;
}

struct err *stmt_run(struct stmt *stmt)
{
	bool row;

	TRY(stmt_step(stmt, &row));
	stmt_reset(stmt);
	return NULL;
}

void stmt_reset(struct stmt *stmt)
{
	stmt->db->driver->reset(stmt);
}

void stmt_forget(struct stmt *stmt)
{
	if (stmt)
		stmt->db->driver->forget(stmt);
}

/* --- columns ---------------------------------------------------------------------------------- */

bool stmt_is_null(struct stmt *stmt, int column)
{
	return stmt->db->driver->is_null(stmt, column);
}

int64_t stmt_int(struct stmt *stmt, int column)
{
	return stmt->db->driver->get_int(stmt, column);
}

double stmt_real(struct stmt *stmt, int column)
{
	return stmt->db->driver->get_real(stmt, column);
}

const char *stmt_text(struct stmt *stmt, int column)
{
	return stmt->db->driver->get_text(stmt, column);
}

struct err *stmt_column_dup(struct stmt *stmt, int column, char **ret)
{
	const char *text = stmt_text(stmt, column);

	*ret = text ? strdup(text) : NULL;
	return *ret || stmt_is_null(stmt, column) ? NULL : &err_nomem;
}

/* --- a statement with its parameters ---------------------------------------------------------- */

static struct err *bind_all(struct stmt *stmt, const char *kinds, va_list args)
{
	for (int i = 1; *kinds; kinds++, i++) {
		if (*kinds == 'i')
			TRY(stmt_bind_int(stmt, i, va_arg(args, int64_t)));
		else if (*kinds == 'r')
			TRY(stmt->db->driver->bind_real(stmt, i, va_arg(args, double)));
		else
			TRY(stmt_bind_text(stmt, i, va_arg(args, const char *)));
	}
	return NULL;
}

static struct err *query(struct db *db, struct stmt **ret, const char *sql, const char *kinds,
			 va_list args)
{
	TRY(db_prepare(db, sql, ret));
	return bind_all(*ret, kinds, args);
}

struct err *db_query(struct db *db, struct stmt **ret, const char *sql, const char *kinds, ...)
{
	struct err *err;
	va_list args;

	va_start(args, kinds);
	err = query(db, ret, sql, kinds, args);
	va_end(args);
	return err;
}

struct err *db_run(struct db *db, const char *sql, const char *kinds, ...)
{
	struct stmt *stmt;
	struct err *err;
	va_list args;

	va_start(args, kinds);
	err = query(db, &stmt, sql, kinds, args);
	va_end(args);
	return err ? err : stmt_run(stmt);
}

struct err *db_number(struct db *db, int64_t *ret, const char *sql, const char *kinds, ...)
{
	struct stmt *stmt;
	struct err *err;
	va_list args;
	bool row;

	va_start(args, kinds);
	err = query(db, &stmt, sql, kinds, args);
	va_end(args);
	if (err)
		return err;
	TRY(stmt_step(stmt, &row));
	if (row)
		*ret = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return NULL;
}
