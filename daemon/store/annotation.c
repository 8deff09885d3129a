/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people found out about crashes. */
#include "daemon/store/annotation.h"

#include <string.h>

#include "base/utc.h"

/* ?1 is the dump's uid, ?2 its signature; now: it is what the annotation's own dump has now. */
#define GOES_FOR(what, now)                                                                        \
	"SELECT " what " FROM annotation a WHERE a.uid = ?1 OR a.signature = ?2 OR " now           \
	" ORDER BY a.uid = ?1 DESC, a.annotated_at DESC LIMIT 1"
#define GOES_FOR_BOTH(what)                                                                        \
	{                                                                                          \
		[DB_SQLITE] =                                                                      \
			GOES_FOR(what, "EXISTS (SELECT 1 FROM dump d JOIN job j ON j.dump = d.id " \
				       "WHERE d.uid = a.uid AND j.signature = ?2)"),               \
		[DB_POSTGRESQL] = GOES_FOR(what, "a.now_signature = ?2")                           \
	}
static const char *const uid_of[] = GOES_FOR_BOTH("a.uid");
static const char *const all_of[] =
	GOES_FOR_BOTH("a.ticket, a.cause, a.note, a.fixed, a.uid, a.signature, a.annotated_at");

/* What an annotation is found by. */
struct subject {
	char *uid, *signature;
};

static void subject_deinit(struct subject *subject)
{
	free(subject->uid);
	free(subject->signature);
}

static struct err *read_subject(struct db *db, int64_t dump, struct subject *ret, bool *found)
{
	struct stmt *stmt;

	TRY(db_query(db, &stmt,
		     "SELECT d.uid, j.signature FROM dump d JOIN job j ON j.dump = d.id "
		     "WHERE d.id = ?",
		     "i", dump));
	TRY(stmt_step(stmt, found));
	if (!*found)
		return NULL;
	TRY(stmt_column_dup(stmt, 0, &ret->uid));
	TRY(stmt_column_dup(stmt, 1, &ret->signature));
	stmt_reset(stmt);
	return NULL;
}

/* --- keeping ---------------------------------------------------------------------------------- */

static struct err *check_words(const struct annotation_words *words)
{
	const struct {
		const char *name, *text;
		size_t max;
	} all[] = {{"ticket", words->ticket, ANNOTATION_WORD_MAX},
		   {"cause", words->cause, ANNOTATION_WORD_MAX},
		   {"note", words->note, ANNOTATION_NOTE_MAX},
		   {"release", words->fixed, ANNOTATION_WORD_MAX}};
	bool some = false;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		some |= all[i].text != NULL;
		if (all[i].text && strlen(all[i].text) > all[i].max)
			return err_new(ERR_INVALID, "a %s has %zu bytes at most", all[i].name,
				       all[i].max);
	}
	return some ? NULL
		    : err_new(ERR_INVALID, "an annotation needs a ticket, cause, note or release");
}

/* One that goes for the signature is changed, whichever dump it was said of first: *uid, the caller's. */
static struct err *put_words(struct db *db, const struct subject *subject,
			     const struct annotation_words *words, int64_t now, char **uid)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, uid_of[db_dialect(db)], "tt", subject->uid, subject->signature));
	TRY(stmt_step(stmt, &row));
	if (row) {
		TRY(stmt_column_dup(stmt, 0, uid));
		stmt_reset(stmt);
	}
	if (!*uid && !(*uid = strdup(subject->uid)))
		return &err_nomem;
	return db_run(
		db,
		"INSERT INTO annotation (uid, signature, ticket, cause, note, annotated_at, fixed) "
		"VALUES (?1, ?2, nullif(?3, ''), nullif(?4, ''), nullif(?5, ''), ?6, nullif(?7, "
		"'')) "
		"ON CONFLICT (uid) DO UPDATE SET signature = ?2, annotated_at = ?6, "
		"ticket = CASE WHEN ?3 IS NULL THEN annotation.ticket ELSE excluded.ticket END, "
		"cause = CASE WHEN ?4 IS NULL THEN annotation.cause ELSE excluded.cause END, "
		"note = CASE WHEN ?5 IS NULL THEN annotation.note ELSE excluded.note END, "
		"fixed = CASE WHEN ?7 IS NULL THEN annotation.fixed ELSE excluded.fixed END",
		"tttttit", *uid, subject->signature, words->ticket, words->cause, words->note, now,
		words->fixed);
}

/*
 * The central database's writers take numbers one after another, by its row of feed: before anything else, as they all
 * do, so that none waits for another in a circle.
 */
static struct err *take_turn(struct db *db)
{
	return db_dialect(db) == DB_POSTGRESQL
		       ? db_run(db, "UPDATE feed SET base = last, last = last + 1", "")
		       : NULL;
}

static struct err *tell_server(struct db *db, int64_t dump, const char *uid)
{
	TRY(db_run(db,
		   "UPDATE annotation SET now_signature = (SELECT c.signature FROM crash c WHERE "
		   "c.uid = annotation.uid) WHERE uid = ?",
		   "t", uid));
	return db_run(db, "UPDATE crash SET seq = (SELECT last FROM feed) WHERE id = ?", "i", dump);
}

/* Who reads the report's file, or polls the export, is to hear of it. */
static struct err *tell(struct db *db, int64_t dump, const char *uid)
{
	int64_t exported = 0;

	if (db_dialect(db) == DB_POSTGRESQL)
		return tell_server(db, dump, uid);
	TRY(db_run(db,
		   "UPDATE job SET report_due = iif(report_due = 1, 1, 2) WHERE dump = ? AND "
		   "EXISTS (SELECT 1 FROM verdict v WHERE v.dump = job.dump)",
		   "i", dump));
	TRY(db_number(db, &exported, "SELECT 1 FROM export WHERE dump = ?", "i", dump));
	if (!exported)
		return NULL;
	TRY(db_run(db, "DELETE FROM export WHERE dump = ?", "i", dump));
	return db_run(db, "INSERT INTO export (dump) VALUES (?)", "i", dump);
}

struct err *annotation_put(struct store *store, int64_t dump, const struct annotation_words *words,
			   int64_t now)
{
	_cleanup_(subject_deinit) struct subject subject = {0};
	_cleanup_(cleanup_db_rollback) struct db *open = store_db(store);
	_free_ char *uid = NULL;
	bool found;

	TRY(check_words(words));
	TRY(db_begin(open));
	TRY(read_subject(open, dump, &subject, &found));
	if (!found)
		return err_new(ERR_NOT_FOUND, "no dump %lld", (long long)dump);
	TRY(take_turn(open));
	TRY(put_words(open, &subject, words, now, &uid));
	TRY(tell(open, dump, uid));
	return db_commit(open);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static json_t *row_json(struct stmt *stmt)
{
	static const char *const names[] = {"ticket", "cause", "note", "fixed", "uid", "signature"};
	json_t *json = json_object();
	char time[UTC_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		json_put(json, names[i], json_escaped(stmt_text(stmt, (int)i)));
	utc_format(stmt_int(stmt, ARRAY_SIZE(names)), time);
	json_put(json, "time", json_string(time));
	return json;
}

struct err *annotation_read(struct store *store, int64_t dump, json_t **ret)
{
	_cleanup_(subject_deinit) struct subject subject = {0};
	struct db *db = store_db(store);
	struct stmt *stmt;
	bool row;

	*ret = NULL;
	TRY(read_subject(db, dump, &subject, &row));
	if (row) {
		TRY(db_query(db, &stmt, all_of[db_dialect(db)], "tt", subject.uid,
			     subject.signature));
		TRY(stmt_step(stmt, &row));
	}
	*ret = row ? row_json(stmt) : json_null();
	if (row)
		stmt_reset(stmt);
	return NULL;
}

struct err *annotation_restore(struct store *store, const json_t *annotation)
{
	const char *uid = json_string_at(annotation, "uid");
	int64_t annotated_at = utc_parse(json_string_at(annotation, "time"));

	if (!uid || !annotated_at)
		return NULL;
	return db_run(
		store_db(store),
		"INSERT INTO annotation (uid, signature, ticket, cause, note, annotated_at, fixed) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (uid) DO UPDATE SET "
		"signature = ?2, ticket = ?3, cause = ?4, note = ?5, annotated_at = ?6, fixed = ?7 "
		"WHERE annotated_at < ?6",
		"tttttit", uid, json_string_at(annotation, "signature"),
		json_string_at(annotation, "ticket"), json_string_at(annotation, "cause"),
		json_string_at(annotation, "note"), annotated_at,
		json_string_at(annotation, "fixed"));
}
