/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures of the store: made from findings, and made anew when they are made in another way. */
#include "daemon/store/signing.h"

#include <string.h>

/* What findings put into one section: the crash, and its backtrace, which is a finding of its own. */
static struct err *load_section(struct store *store, int64_t dump, const char *place, json_t **ret)
{
	_json_ json_t *section = json_object();
	struct stmt *row;
	bool more;

	TRY(db_query(store_db(store), &row,
		     "SELECT evidence FROM finding WHERE dump = ? AND place = ? AND evidence "
		     "IS NOT NULL ORDER BY number",
		     "it", dump, place));
	for (;;) {
		TRY(stmt_step(row, &more));
		if (!more)
			break;
		_json_ json_t *part = json_loads(stmt_text(row, 0), 0, NULL);
		if (part)
			json_object_update(section, part);
	}
	*ret = json_incref(section);
	return NULL;
}

struct err *signing_make(struct store *store, int64_t dump, const char *cause,
			 struct signature *ret)
{
	_json_ json_t *crash = NULL, *waits = NULL, *tasks = NULL;

	TRY(load_section(store, dump, "crash", &crash));
	TRY(load_section(store, dump, "waits", &waits));
	TRY(load_section(store, dump, "tasks", &tasks));
	signature_of(&(struct signature_facts){crash, waits, tasks, cause}, ret);
	return NULL;
}

/* --- anew ------------------------------------------------------------------------------------- */

struct old {
	int64_t dump; /* 0: none is left */
	char *cause, *exact;
};

static void old_deinit(struct old *old)
{
	free(old->cause);
	free(old->exact);
}

static struct err *next_old(struct db *db, struct old *old)
{
	struct stmt *row;
	bool more;

	/* Two lookups in the index; "IS NOT" would look at every verdict. */
	TRY(db_query(db, &row,
		     "SELECT dump, cause, signature FROM verdict WHERE signature_version < ?1 OR "
		     "signature_version > ?1 OR signature_version IS NULL LIMIT 1",
		     "i", (int64_t)SIGNATURE_VERSION));
	TRY(stmt_step(row, &more));
	if (!more)
		return NULL;
	old->dump = stmt_int(row, 0);
	struct err *err = stmt_column_dup(row, 1, &old->cause);
	if (!err && !stmt_is_null(row, 2))
		err = stmt_column_dup(row, 2, &old->exact);
	stmt_reset(row);
	return err;
}

static struct err *put(struct db *db, int64_t dump, const char *exact, const json_t *fuzzy,
		       bool changed)
{
	_free_ char *titles = json_dumps(fuzzy, JSON_COMPACT);

	if (!titles)
		return &err_nomem;
	TRY(db_run(db,
		   "UPDATE verdict SET signature = ?2, fuzzy = ?3, signature_version = ?4 "
		   "WHERE dump = ?1",
		   "itti", dump, exact, titles, (int64_t)SIGNATURE_VERSION));
	if (!changed)
		return NULL;
	return db_run(db,
		      "UPDATE job SET signature = ?2, report_due = iif(report_due = 1, 1, 2) "
		      "WHERE dump = ?1",
		      "it", dump, exact);
}

static struct err *renew_one(struct store *store, struct signing_result *result, bool *more)
{
	_cleanup_(old_deinit) struct old old = {0};
	struct signature signature = {.fuzzy = NULL};

	TRY(next_old(store_db(store), &old));
	*more = old.dump;
	if (!old.dump)
		return NULL;
	TRY(signing_make(store, old.dump, old.cause, &signature));
	_json_ json_t *fuzzy = signature.fuzzy;
	const char *exact = signature.exact[0] ? signature.exact : NULL;
	bool changed =
		(exact != NULL) != (old.exact != NULL) || (exact && strcmp(exact, old.exact) != 0);
	result->made++;
	result->changed += changed;
	return put(store_db(store), old.dump, exact, fuzzy, changed);
}

struct err *signing_renew(struct store *store, int64_t most, struct signing_result *result)
{
	_cleanup_(cleanup_db_rollback) struct db *open = store_db(store);
	bool more = true;

	TRY(db_begin(open));
	for (int64_t i = 0; i < most && more; i++)
		TRY(renew_one(store, result, &more));
	return db_commit(open);
}
