/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/sql.h"

#include <stdarg.h>
#include <string.h>

static struct err *bind(struct stmt *stmt, const char *kinds, va_list args)
{
	for (int i = 1; *kinds; kinds++, i++) {
		if (*kinds == 'i')
			TRY(stmt_bind_int(stmt, i, va_arg(args, int64_t)));
		else if (*kinds == 'r')
			TRY(stmt_bind_real(stmt, i, va_arg(args, double)));
		else
			TRY(stmt_bind_text(stmt, i, va_arg(args, const char *)));
	}
	return NULL;
}

static struct err *prepare(struct db *db, struct stmt **ret, const char *sql, const char *kinds,
			   va_list args)
{
	TRY(db_prepare(db, sql, ret));
	return bind(*ret, kinds, args);
}

struct err *sql_prepare(struct db *db, struct stmt **ret, const char *sql, const char *kinds, ...)
{
	struct err *err;
	va_list args;

	va_start(args, kinds);
	err = prepare(db, ret, sql, kinds, args);
	va_end(args);
	return err;
}

struct err *sql_run(struct db *db, const char *sql, const char *kinds, ...)
{
	struct stmt *stmt;
	struct err *err;
	va_list args;

	va_start(args, kinds);
	err = prepare(db, &stmt, sql, kinds, args);
	va_end(args);
	return err ? err : stmt_run(stmt);
}

struct err *sql_number(struct db *db, int64_t *ret, const char *sql, const char *kinds, ...)
{
	struct stmt *stmt;
	struct err *err;
	va_list args;
	bool row;

	va_start(args, kinds);
	err = prepare(db, &stmt, sql, kinds, args);
	va_end(args);
	if (err)
		return err;
	TRY(stmt_step(stmt, &row));
	if (row)
		*ret = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return NULL;
}

char *sql_text(struct stmt *stmt, int column)
{
	const char *text = stmt_text(stmt, column);

	return text ? strdup(text) : NULL;
}
