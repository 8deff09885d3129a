/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns views into temporary tables for a while, and back. */
#include "rules/view_tables.h"

#include "base/str.h"

/* Run the statements that a query's rows are. */
static struct err *run_rows(struct db *db, const char *query)
{
	_str_ struct str sql = {0};
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, query, ""));
	for (;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			break;
		str_puts(&sql, stmt_text(stmt, 0));
	}
	if (sql.failed)
		return &err_nomem;
	return sql.length ? db_exec(db, sql.data) : NULL;
}

static struct err *make(struct db *db)
{
	TRY(db_exec(db, "PRAGMA temp_store = MEMORY"));
	return run_rows(db,
			"SELECT printf('CREATE TEMP TABLE \"%w\" AS SELECT * FROM main.\"%w\";', "
			"name, name) FROM main.sqlite_schema WHERE type = 'view'");
}

struct err *view_tables_make(struct db *db)
{
	struct err *err = make(db);

	if (!err || err->code == ERR_NOMEM)
		return err;
	err_free(err);
	view_tables_drop(db);
	return NULL;
}

void view_tables_drop(struct db *db)
{
	if (db)
		err_free(run_rows(db, "SELECT printf('DROP TABLE temp.\"%w\";', name) "
				      "FROM temp.sqlite_schema WHERE type = 'table'"));
}
