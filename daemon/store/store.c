/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database: its schema, and the tables of dumps, findings and verdicts. */
#include "daemon/store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "daemon/fleet/fleet_db.h"
#include "finding.h"
#include "rules/embedded.h"

struct store {
	struct db *db;
	/* Evidence of the dump that is being analyzed, by number - 1; NULL where nobody asks for it. */
	json_t *held;
	int64_t held_dump;
};

static int64_t newest_version(void)
{
	int64_t newest = 0;

	for (const struct embedded_sql *one = embedded_migrations; one->name; one++)
		newest = MAX(newest, strtol(one->name, NULL, 10));
	return newest;
}

/* Each migration is one transaction, with the version it leads to. */
static struct err *migrate(struct db *db, int64_t from)
{
	for (const struct embedded_sql *one = embedded_migrations; one->name; one++) {
		long version = strtol(one->name, NULL, 10);
		char pragma[64];

		if (version <= from)
			continue;
		snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %ld", version);
		_cleanup_(cleanup_db_rollback) struct db *open = db;
		TRY(db_begin(open));
		TRY(err_wrap(db_exec(db, one->sql), "%s", one->name));
		TRY(db_exec(db, pragma));
		TRY(db_commit(db));
	}
	return NULL;
}

/* Views hold no data: they are dropped and made again when their text is another. */
static struct err *make_views(struct db *db)
{
	int64_t mark = (int32_t)hash_string(embedded_views[0].sql) & 0x7fffffff, have = 0;
	char pragma[64];

	TRY(db_number(db, &have, "PRAGMA application_id", ""));
	if (have == mark)
		return NULL;
	_cleanup_(cleanup_db_rollback) struct db *open = db;
	TRY(db_begin(open));
	for (;;) {
		struct stmt *stmt;
		_free_ char *drop = NULL;
		bool row;

		TRY(db_query(db, &stmt,
			     "SELECT printf('DROP VIEW \"%w\"', name) FROM sqlite_schema "
			     "WHERE type = 'view' LIMIT 1",
			     ""));
		TRY(stmt_step(stmt, &row));
		if (!row)
			break;
		TRY(stmt_column_dup(stmt, 0, &drop));
		stmt_reset(stmt);
		TRY(db_exec(db, drop));
	}
	TRY(err_wrap(db_exec(db, embedded_views[0].sql), "%s", embedded_views[0].name));
	snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %ld", (long)mark);
	TRY(db_exec(db, pragma));
	return db_commit(db);
}

/* A reader that comes before the daemon has made or migrated the tables; EAGAIN: they may come. */
static struct err *not_yet(int64_t version)
{
	struct err *err =
		version ? err_new(ERR_IO,
				  "the store has schema version %ld and this program reads "
				  "%ld: the daemon migrates it when it starts (systemctl "
				  "restart triaged)",
				  (long)version, (long)newest_version())
			: err_new(ERR_IO, "the store is still empty: the daemon has not "
					  "set it up (systemctl status triaged)");

	if (err != &err_nomem)
		err->errnum = EAGAIN;
	return err;
}

static struct err *set_up(struct store *store, unsigned flags)
{
	int64_t version = 0;

	TRY(db_number(store->db, &version, "PRAGMA user_version", ""));
	if (version > newest_version())
		return err_new(ERR_UNSUPPORTED,
			       "the store has schema version %ld, newer than this program, which "
			       "knows %ld: upgrade triage",
			       (long)version, (long)newest_version());
	if (flags & DB_READ_ONLY && version < newest_version())
		return not_yet(version);
	if (flags & DB_READ_ONLY)
		return NULL;
	TRY(migrate(store->db, version));
	return make_views(store->db);
}

struct err *store_open(const char *path, unsigned flags, struct store **ret)
{
	_cleanup_(cleanup_store_close) struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return &err_nomem;
	/* Group members read the database; nobody else does. */
	mode_t old = umask(0027);
	struct err *err = db_open(path, flags, &store->db);
	umask(old);
	TRY(err);
	TRY(set_up(store, flags));
	*ret = take_ptr(store);
	return NULL;
}

struct err *store_open_server(const char *address, unsigned flags, struct store **ret)
{
	_cleanup_(cleanup_store_close) struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return &err_nomem;
	TRY(fleet_db_open(address, flags, &store->db));
	*ret = take_ptr(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	json_decref(store->held);
	db_close(store->db);
	free(store);
}

void store_hold_evidence(struct store *store)
{
	if (!store->held)
		store->held = json_array();
}

json_t *store_take_evidence(struct store *store, int64_t dump, int64_t number)
{
	bool held = store->held && dump == store->held_dump && number > 0;
	json_t *evidence = held ? json_array_get(store->held, (size_t)number - 1) : NULL;

	if (!json_is_object(evidence))
		return NULL;
	json_incref(evidence);
	json_array_set_new(store->held, (size_t)number - 1, json_null());
	return evidence;
}

static void hold(struct store *store, int64_t dump, json_t *evidence)
{
	if (!store->held || dump != store->held_dump ||
	    !json_array_append_new(store->held,
				   json_is_object(evidence) ? json_incref(evidence) : json_null()))
		return;
	json_decref(store->held); /* without this one the others' numbers are wrong */
	store->held = NULL;
}

struct db *store_db(struct store *store)
{
	return store->db;
}

struct err *store_ask_found(struct store *store, const char *const sql[2], int64_t dump,
			    struct stmt **ret)
{
	_free_ char *month = NULL;
	struct stmt *stmt;
	bool row;

	if (db_dialect(store->db) == DB_SQLITE)
		return db_query(store->db, ret, sql[DB_SQLITE], "i", dump);
	TRY(db_query(store->db, &stmt, "SELECT month FROM crash WHERE id = ?", "i", dump));
	TRY(stmt_step(stmt, &row));
	if (row)
		TRY(stmt_column_dup(stmt, 0, &month));
	stmt_reset(stmt);
	return db_query(store->db, ret, sql[DB_POSTGRESQL], "it", dump, month);
}

struct err *store_put_dump(struct store *store, const struct dump_row *dump, int64_t *id)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(store->db, &stmt,
		     "INSERT INTO dump (uid, path, size) VALUES (?, ?, ?) ON CONFLICT (uid) "
		     "DO UPDATE SET path = excluded.path, size = excluded.size RETURNING id",
		     "tti", dump->uid, dump->path, dump->size));
	TRY(stmt_step(stmt, &row));
	*id = row ? stmt_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return row ? NULL : err_new(ERR_IO, "database: a dump's row was not kept");
}

struct err *store_move_dump(struct store *store, int64_t id, const struct dump_row *dump)
{
	return db_run(store->db, "UPDATE dump SET path = ?, size = ? WHERE id = ?", "tii",
		      dump->path, dump->size, id);
}

/*
 * Where evidence goes is for the code to say, not for the worker: one that was taken over could
 * write over parts of the verdict that are none of its business.
 */
static const char *place_of(const json_t *finding)
{
	enum finding_id id = finding_by_code(json_string_at(finding, "code"));

	return id < FINDING_COUNT ? finding_place(id) : NULL;
}

struct err *store_add_finding(struct store *store, int64_t dump, const json_t *finding)
{
	const char *analyzer = json_string_at(finding, "analyzer");
	const char *code = json_string_at(finding, "code");
	const char *severity = json_string_at(finding, "severity");
	json_t *evidence = json_at(finding, "evidence");
	_free_ char *text = json_is_object(evidence) ? json_dumps(evidence, JSON_COMPACT) : NULL;
	double confidence = json_number_value(json_at(finding, "confidence"));

	if (!analyzer || !code || !severity)
		return err_new(ERR_INVALID, "a finding without analyzer, code or severity");
	if (json_is_object(evidence) && !text)
		return &err_nomem;
	hold(store, dump, evidence);
	return db_run(store->db,
		      "INSERT INTO finding (dump, number, analyzer, code, place, severity, "
		      "confidence, headline, evidence) VALUES (?1, 1 + (SELECT coalesce(max("
		      "number), 0) FROM finding WHERE dump = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
		      "ittttrtt", dump, analyzer, code, place_of(finding), severity,
		      MIN(MAX(confidence, 0.0), 1.0), json_string_at(finding, "headline"), text);
}

struct err *store_clear(struct store *store, int64_t dump)
{
	json_array_clear(store->held);
	store->held_dump = dump;
	TRY(db_run(store->db, "DELETE FROM finding WHERE dump = ?", "i", dump));
	return db_run(store->db, "DELETE FROM verdict WHERE dump = ?", "i", dump);
}

static struct err *bind_json(struct stmt *stmt, int parameter, const json_t *json)
{
	_free_ char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	return json && !text ? &err_nomem : stmt_bind_text(stmt, parameter, text);
}

struct err *store_put_verdict(struct store *store, int64_t dump, const struct verdict *verdict,
			      const struct verdict_meta *meta)
{
	const json_t *lists[] = {meta->fuzzy,	     verdict->because,	   verdict->reasons,
				 verdict->ruled_out, verdict->next_steps,  verdict->alternatives,
				 verdict->broken,    verdict->known_issue, verdict->see};
	struct stmt *stmt;

	TRY(db_query(store->db, &stmt,
		     "INSERT OR REPLACE INTO verdict (dump, analyzed_at, tool_version, rule, "
		     "cause, severity, headline, confidence, signature, fuzzy, because, reasons, "
		     "ruled_out, next_steps, alternatives, broken, known_issue, see, "
		     "signature_version) "
		     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))",
		     "iitttttrt", dump, meta->analyzed_at, meta->tool_version, verdict->rule,
		     verdict->cause, verdict->severity, verdict->headline, verdict->confidence,
		     meta->signature));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		TRY(bind_json(stmt, 10 + (int)i, lists[i]));
	TRY(stmt_bind_int(stmt, 10 + (int)ARRAY_SIZE(lists), meta->signature_version));
	return stmt_run(stmt);
}

struct err *store_damaged(struct store *store, json_t **ret)
{
	_json_ json_t *list = json_array();
	struct stmt *stmt;
	bool row;

	TRY(db_query(
		store->db, &stmt,
		"SELECT file, noticed_at, verdicts FROM damaged ORDER BY noticed_at DESC LIMIT 16",
		""));
	for (;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			break;
		json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "file", stmt_text(stmt, 0),
						      "noticed_at", (json_int_t)stmt_int(stmt, 1),
						      "verdicts", (json_int_t)stmt_int(stmt, 2)));
	}
	*ret = json_incref(list);
	return NULL;
}
