/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a host's store for the central database. */
#include "daemon/forward/forward_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "daemon/forward/forward_text.h"
#include "daemon/store/export.h"
#include "daemon/store/annotation.h"
#include "rules/db.h"

#define TEXT_MAX 4000 /* bytes of a path, a headline */
#define TITLES_MAX 16

/* --- texts ------------------------------------------------------------------------------------ */

/* A text of at most max bytes, cut where a character begins. */
static json_t *text_json(const char *text, size_t max)
{
	json_t *whole = json_escaped(text), *cut;
	const char *value = json_string_value(whole);
	size_t length = max;

	if (!value || json_string_length(whole) <= max)
		return whole;
	while (length && (value[length] & 0xc0) == 0x80)
		length--;
	cut = json_stringn(value, length);
	json_decref(whole);
	return cut;
}

/* Titles as the verdict has them, no more and no longer than an index takes. */
static json_t *titles_json(const char *text)
{
	_json_ json_t *all = text ? json_loads(text, 0, NULL) : NULL;
	json_t *list = json_array(), *title;
	size_t i;

	json_array_foreach (all, i, title) {
		if (i < TITLES_MAX && json_is_string(title))
			json_array_append_new(
				list, text_json(json_string_value(title), FLEET_INDEXED_MAX));
	}
	return list;
}

/* --- a verdict in short ----------------------------------------------------------------------- */

enum kind { INTEGER, REAL, FLAG, TEXT, INDEXED, TITLES };

/* A column of the statement below, in its order. */
static const struct {
	const char *name;
	enum kind kind;
} columns[] = {{"number", INTEGER},   {"local_id", INTEGER},   {"uid", INDEXED},
	       {"state", TEXT},	      {"crash_time", INTEGER}, {"analyzed_at", INTEGER},
	       {"host", INDEXED},     {"kernel", INDEXED},     {"hardware", TEXT},
	       {"cause", INDEXED},    {"severity", TEXT},      {"headline", TEXT},
	       {"confidence", REAL},  {"signature", INDEXED},  {"rule", TEXT},
	       {"function", INDEXED}, {"module", INDEXED},     {"path", TEXT},
	       {"size", INTEGER},     {"format", TEXT},	       {"layout", TEXT},
	       {"log_only", FLAG},    {"tool_version", TEXT},  {"found_at", INTEGER},
	       {"titles", TITLES}};

/* A job that waits to be run again has its old verdict still. */
#define VERDICTS                                                                                   \
	"SELECT e.seq, e.dump, d.uid, CASE WHEN j.state IN ('failed', 'quarantined') THEN "        \
	"j.state ELSE 'done' END, "                                                                \
	"j.crash_time, v.analyzed_at, j.host, j.kernel, "                                          \
	"(SELECT hardware FROM system s WHERE s.dump = e.dump LIMIT 1), v.cause, v.severity, "     \
	"v.headline, "                                                                             \
	"v.confidence, v.signature, v.rule, "                                                      \
	"(SELECT coalesce(c.culprit, c.symbol) FROM crash c WHERE c.dump = e.dump LIMIT 1), "      \
	"(SELECT c.culprit_module FROM crash c WHERE c.dump = e.dump LIMIT 1), "                   \
	"d.path, d.size, j.format, j.layout, j.log_only, v.tool_version, j.found_at, v.fuzzy "     \
	"FROM export e JOIN dump d ON d.id = e.dump JOIN job j ON j.dump = e.dump JOIN verdict v " \
	"ON v.dump = "                                                                             \
	"e.dump WHERE e.seq > ? ORDER BY e.seq LIMIT ?"

static json_t *column_json(struct stmt *row, int column)
{
	if (columns[column].kind == FLAG)
		return json_boolean(stmt_int(row, column));
	if (stmt_is_null(row, column) && columns[column].kind != TITLES)
		return json_null();
	switch (columns[column].kind) {
	case INTEGER:
		return json_integer(stmt_int(row, column));
	case REAL:
		return json_real(stmt_real(row, column));
	case TITLES:
		return titles_json(stmt_text(row, column));
	default:
		return text_json(stmt_text(row, column),
				 columns[column].kind == INDEXED ? FLEET_INDEXED_MAX : TEXT_MAX);
	}
}

static json_t *brief_json(struct stmt *row)
{
	json_t *brief = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		json_object_set_new(brief, columns[i].name, column_json(row, (int)i));
	return brief;
}

/* What people said goes with each crash it is said of. */
static struct err *add_annotation(struct store *store, struct fleet_record *record)
{
	static const struct {
		const char *from, *to;
	} names[] = {{"uid", "said_of"},   {"signature", "said_signature"},
		     {"ticket", "ticket"}, {"cause", "said_cause"},
		     {"note", "note"},	   {"fixed", "said_fixed"}};
	_json_ json_t *annotation = NULL;

	TRY(annotation_read(store, json_integer_at(record->brief, "local_id"), &annotation));
	if (!json_is_object(annotation))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		json_object_set(record->brief, names[i].to,
				json_object_get(annotation, names[i].from));
	json_object_set_new(record->brief, "annotated_at",
			    json_integer(utc_parse(json_string_at(annotation, "time"))));
	return NULL;
}

/* --- all of it -------------------------------------------------------------------------------- */

#define JSON_OR_NULL(column) "CASE WHEN json_valid(" column ") THEN json(" column ") END"
#define SIZE                                                                                       \
	"CASE WHEN evidence IS NULL THEN 0 ELSE stored_size('finding', 'evidence', id) END + 200"
/*
 * Evidence is looked through but not written anew: it is most of the bytes, and each || would copy it. Where there is
 * more than ?2 of it, the largest is left out, and not even read.
 */
#define FINDINGS                                                                                   \
	"SELECT '[' || coalesce(group_concat(printf('{\"evidence\":%s,%s', CASE WHEN "             \
	"json_valid(kept) THEN kept ELSE 'null' END, substr(json_object('number', "                \
	"number, 'analyzer', analyzer, 'code', code, 'place', place, 'severity', severity, "       \
	"'confidence', confidence, 'headline', headline), 2))), '') || ']' "                       \
	"FROM (SELECT number, analyzer, code, place, severity, confidence, headline, "             \
	"CASE WHEN number IN (SELECT number FROM (SELECT number, sum(size) OVER (ORDER BY size, "  \
	"number) AS total FROM (SELECT number, " SIZE " AS size FROM finding WHERE dump = ?1)) "   \
	"WHERE total <= ?2) THEN evidence END AS kept FROM finding WHERE dump = ?1 ORDER BY "      \
	"number)"
#define LIST_OF(column) "'" #column "', " JSON_OR_NULL("v." #column) ", "
#define VERDICT                                                                                    \
	"SELECT json_object('signature_version', v.signature_version, " LIST_OF(fuzzy) LIST_OF(    \
		because) LIST_OF(reasons) LIST_OF(ruled_out) LIST_OF(next_steps) LIST_OF(see)      \
		LIST_OF(alternatives) LIST_OF(broken)                                              \
			LIST_OF(known_issue) "'note', j.note, 'companions', " JSON_OR_NULL(        \
				"j.companions") ", 'incomplete', j.incomplete, "                   \
						"'attempts', j.attempts, 'found_at', j.found_at, " \
						"'started_at', j.started_at, "                     \
						"'finished_at', j.finished_at) FROM verdict v "    \
						"JOIN job j ON j.dump = v.dump WHERE v.dump = ?"

/* most: the statement's second parameter, 0: it has none */
static struct err *read_text(struct db *db, const char *sql, int64_t dump, int64_t most, char **ret)
{
	struct stmt *stmt;
	bool row;

	if (most)
		TRY(db_query(db, &stmt, sql, "ii", dump, most));
	else
		TRY(db_query(db, &stmt, sql, "i", dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_NOT_FOUND, "dump %" PRId64 " has no verdict", dump);
	TRY(stmt_column_dup(stmt, 0, ret));
	stmt_reset(stmt);
	if (*ret)
		forward_text_clean(*ret);
	return NULL;
}

/* Who reads it there is told that there is more here. */
static struct err *say_left_out(struct db *db, int64_t dump, int64_t size, json_t *brief)
{
	int64_t left = 0;
	char why[128];

	TRY(db_number(
		db, &left,
		"SELECT count(*) FROM (SELECT sum(size) OVER (ORDER BY size, number) AS total FROM "
		"(SELECT number, " SIZE " AS size FROM finding WHERE dump = ?)) WHERE total > ?",
		"ii", dump, (int64_t)FORWARD_VERDICT_BYTES));
	snprintf(why, sizeof(why),
		 "the evidence of %" PRId64 " finding%s stayed on the host: all have %" PRId64
		 " bytes, more than %u",
		 left, left == 1 ? "" : "s", size, FORWARD_VERDICT_BYTES);
	json_object_set_new(brief, "left_out", json_string(why));
	return NULL;
}

static struct err *read_record(struct store *store, struct fleet_record *record, size_t *bytes)
{
	int64_t dump = json_integer_at(record->brief, "local_id"), size = 0;
	struct db *db = store_db(store);

	TRY(add_annotation(store, record));
	/* Asked before any of it is read, so that no dump decides how much memory this takes. */
	TRY(db_number(db, &size, "SELECT sum(" SIZE ") FROM finding WHERE dump = ?", "i", dump));
	if (size > FORWARD_VERDICT_BYTES)
		TRY(say_left_out(db, dump, size, record->brief));
	TRY(read_text(db, FINDINGS, dump, FORWARD_VERDICT_BYTES, &record->findings));
	TRY(read_text(db, VERDICT, dump, 0, &record->verdict));
	*bytes += strlen(record->findings ? record->findings : "");
	return NULL;
}

/* The rows first: the statements in between would otherwise take turns with theirs. */
static struct err *read_briefs(struct db *db, int64_t cursor, struct fleet_record *records,
			       size_t max, size_t *count)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, VERDICTS, "ii", cursor, (int64_t)max));
	for (*count = 0; *count < max; ++*count) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		records[*count] = (struct fleet_record){.brief = brief_json(stmt)};
	}
	stmt_reset(stmt);
	return NULL;
}

static struct err *read_all(struct store *store, int64_t cursor, struct fleet_record *records,
			    size_t max, size_t *count)
{
	size_t bytes = 0, have = 0;

	TRY(read_briefs(store_db(store), cursor, records, max, count));
	for (; have < *count && (!have || bytes < FORWARD_BATCH_BYTES); have++)
		TRY(read_record(store, &records[have], &bytes));
	while (*count > have)
		fleet_record_deinit(&records[--*count]);
	return NULL;
}

struct err *forward_read(struct store *store, int64_t cursor, struct fleet_record *records,
			 size_t max, size_t *count, int64_t *last)
{
	struct db *db = store_db(store);
	struct err *err;

	*count = 0;
	*last = cursor;
	TRY(db_exec(db, "BEGIN"));
	err = read_all(store, cursor, records, max, count);
	if (err) {
		db_rollback(db);
		return err;
	}
	if (*count)
		*last = json_integer_at(records[*count - 1].brief, "number");
	return db_exec(db, "COMMIT");
}
