/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules' statements, compiled once for all mutants: two thirds of what an analysis costs would go into
 * compiling them anew in each. Views become tables that each mutant fills, in place of tables that it makes.
 */
#include "tests/fuzz/mutant_rules.h"

#include "base/array.h"
#include "rules/judge.h"
#include "rules/view_tables.h"

#define WRAPPED(type, name, ...)                                                                   \
	type __real_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

static struct stmt **fills; /* from a view into its table */
static size_t fill_count;
static bool shared;

/* Kept with the connection by its text. No rule of ours needs to be refused anything. */
WRAPPED(struct err *, db_prepare_untrusted, struct db *db, const char *sql, unsigned steps,
	struct stmt **ret)
{
	return shared ? db_prepare(db, sql, ret) : __real_db_prepare_untrusted(db, sql, steps, ret);
}

WRAPPED(void, stmt_finalize, struct stmt *stmt)
{
	if (!shared)
		__real_stmt_finalize(stmt);
}

WRAPPED(struct err *, view_tables_make, struct db *db)
{
	if (!shared)
		return __real_view_tables_make(db);
	for (size_t i = 0; i < fill_count; i++)
		TRY(stmt_run(fills[i]));
	return NULL;
}

/* They go with the mutant. */
WRAPPED(void, view_tables_drop, struct db *db)
{
	if (!shared)
		__real_view_tables_drop(db);
}

static struct err *prepare_fills(struct db *db)
{
	struct stmt *names, *fill;
	bool row;

	TRY(db_query(
		db, &names,
		"SELECT printf('INSERT INTO temp.\"%w\" SELECT * FROM main.\"%w\"', name, name) "
		"FROM main.sqlite_schema WHERE type = 'view'",
		""));
	for (;;) {
		char *sql;

		TRY(stmt_step(names, &row));
		if (!row)
			return NULL;
		TRY(stmt_column_dup(names, 0, &sql)); /* lives as long as its statement: for ever */
		TRY(db_prepare(db, sql, &fill));
		if (!array_grow(fills, fill_count))
			return &err_nomem;
		fills[fill_count++] = fill;
	}
}

struct err *mutant_rules_share(struct db *db, const struct rules *rules)
{
	struct stmt *stmt;

	TRY(__real_view_tables_make(db));
	TRY(prepare_fills(db));
	for (size_t i = 0; i < rules_count(rules); i++)
		TRY(db_prepare(db, rules_at(rules, i)->sql, &stmt));
	shared = true;
	return NULL;
}
