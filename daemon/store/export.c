/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the export: verdicts by their numbers. */
#include "daemon/store/export.h"

#include <stdlib.h>

#include "daemon/store/report.h"

struct err *export_epoch(struct store *store, char **ret)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(store_db(store), &stmt, "SELECT epoch FROM export_epoch", ""));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_CORRUPT, "the store has no export epoch");
	TRY(stmt_column_dup(stmt, 0, ret));
	stmt_reset(stmt);
	return NULL;
}

static const char *const head[] = {[DB_SQLITE] =
					   "SELECT seq FROM sqlite_sequence WHERE name = 'export'",
				   [DB_POSTGRESQL] = "SELECT last FROM feed"};

struct err *export_head(struct store *store, int64_t *ret)
{
	struct db *db = store_db(store);

	*ret = 0;
	return db_number(db, ret, head[db_dialect(db)], "");
}

struct err *export_lag(struct store *store, int64_t number, int64_t *ret)
{
	*ret = 0;
	return db_number(store_db(store), ret, "SELECT count(*) FROM export WHERE seq > ?", "i",
			 number);
}

struct err *export_has(struct store *store, int64_t number, const char *uid, bool *ret)
{
	int64_t count = 0;

	TRY(db_number(store_db(store), &count,
		      "SELECT count(*) FROM export e JOIN dump d ON d.id = e.dump "
		      "WHERE e.seq = ? AND d.uid = ?",
		      "it", number, uid));
	*ret = count;
	return NULL;
}

/* --- is it the same store? -------------------------------------------------------------------- */

/*
 * A verdict that moved on to a number behind the cursor is told of again, and one whose record was dropped tells
 * nothing; but no number goes to another dump, and no dump goes back.
 */
static struct err *is_anchor_kept(struct db *db, int64_t cursor, const json_t *anchor, bool *ret)
{
	int64_t number = json_integer_at(anchor, "number"), against = 0;

	TRY(db_number(db, &against,
		      "SELECT (SELECT count(*) FROM export e JOIN dump d ON d.id = e.dump WHERE "
		      "e.seq = ?1 AND "
		      "d.uid != ?2) + (SELECT count(*) FROM dump d JOIN export e ON e.dump = d.id "
		      "WHERE d.uid = ?2 "
		      "AND e.seq != ?1 AND e.seq <= ?3)",
		      "iti", number, json_string_at(anchor, "uid"), cursor));
	*ret = !against;
	return NULL;
}

struct err *export_is_same(struct store *store, int64_t cursor, const json_t *anchors, bool *ret)
{
	const json_t *anchor;
	int64_t last;
	size_t i;

	TRY(export_head(store, &last));
	*ret = last >= cursor;
	json_array_foreach (anchors, i, anchor) {
		if (*ret)
			TRY(is_anchor_kept(store_db(store), cursor, anchor, ret));
	}
	return NULL;
}

/* --- one after another ------------------------------------------------------------------------ */

void export_item_deinit(struct export_item *item)
{
	free(item->state);
	json_decref(item->report);
	*item = (struct export_item){0};
}

static struct err *read_next(struct store *store, int64_t number, struct export_item *item,
			     bool *found)
{
	struct stmt *stmt;

	TRY(db_query(store_db(store), &stmt,
		     "SELECT e.seq, e.dump, j.state FROM export e JOIN job j ON j.dump = e.dump "
		     "WHERE e.seq > ? ORDER BY e.seq LIMIT 1",
		     "i", number));
	TRY(stmt_step(stmt, found));
	if (!*found)
		return NULL;
	item->number = stmt_int(stmt, 0);
	item->dump = stmt_int(stmt, 1);
	TRY(stmt_column_dup(stmt, 2, &item->state));
	stmt_reset(stmt);
	return report_build(store, item->dump, &item->report);
}

/* In one transaction: a retry in between must not take the verdict away. */
struct err *export_next(struct store *store, int64_t number, struct export_item *ret, bool *found)
{
	_export_item_ struct export_item item = {0};
	struct db *db = store_db(store);
	struct err *err;

	*found = false;
	TRY(db_begin_reading(db));
	err = read_next(store, number, &item, found);
	if (err) {
		db_rollback(db);
		return err;
	}
	TRY(db_commit(db));
	*ret = item;
	item = (struct export_item){0};
	return NULL;
}
