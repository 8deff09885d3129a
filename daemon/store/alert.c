/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads alerts, and makes their documents. */
#include "daemon/store/alert.h"

#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "daemon/store/export.h"

#define SCHEMA "triage.alert/1"
#define COLUMNS                                                                                    \
	"SELECT seq, id, rule, subject, state, raised, weight, severity, title, headline, "        \
	"because, advice, evidence, opened_s, changed_s, seen_s, closed_s FROM alert "

static struct err *check(struct store *store)
{
	if (db_dialect(store_db(store)) == DB_POSTGRESQL)
		return NULL;
	return err_new(ERR_UNSUPPORTED, "alerts are of many hosts: --store postgresql://…");
}

struct err *alert_epoch(struct store *store, char **ret)
{
	_free_ char *epoch = NULL;

	TRY(check(store));
	TRY(export_epoch(store, &epoch));
	return asprintf(ret, "%s.alerts", epoch) < 0 ? &err_nomem : NULL;
}

static json_t *time_json(struct stmt *stmt, int column)
{
	char text[UTC_SIZE];

	if (stmt_is_null(stmt, column) || !utc_format(stmt_int(stmt, column), text))
		return json_null();
	return json_string(text);
}

/* A line each. */
static json_t *lines_json(const char *text)
{
	json_t *lines = json_array();

	while (text && *text) {
		size_t length = strcspn(text, "\n");

		json_array_append_new(lines, json_escaped_bytes(text, length));
		text += length + (text[length] == '\n');
	}
	return lines;
}

static json_t *evidence_json(const char *text)
{
	json_t *evidence = text ? json_loads(text, 0, NULL) : NULL;

	if (json_is_object(evidence))
		return evidence;
	json_decref(evidence);
	return json_object();
}

static json_t *alert_json(struct stmt *stmt)
{
	static const struct {
		const char *key;
		int column;
	} texts[] = {{"rule", 2},  {"subject", 3},  {"state", 4},   {"severity", 7},
		     {"title", 8}, {"headline", 9}, {"because", 10}},
	  times[] = {{"opened_at", 13}, {"changed_at", 14}, {"seen_at", 15}, {"closed_at", 16}};
	json_t *alert = json_object();

	json_object_set_new(alert, "schema", json_string(SCHEMA));
	json_object_set_new(alert, "id", json_integer(stmt_int(stmt, 1)));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		json_object_set_new(alert, texts[i].key,
				    json_escaped(stmt_text(stmt, texts[i].column)));
	json_object_set_new(alert, "raised", json_integer(stmt_int(stmt, 5)));
	json_object_set_new(alert, "weight", json_integer(stmt_int(stmt, 6)));
	json_object_set_new(alert, "advice", lines_json(stmt_text(stmt, 11)));
	json_object_set_new(alert, "evidence", evidence_json(stmt_text(stmt, 12)));
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		json_object_set_new(alert, times[i].key, time_json(stmt, times[i].column));
	return alert;
}

struct err *alert_next(struct store *store, int64_t *number, json_t **ret)
{
	struct stmt *stmt;
	bool found;

	*ret = NULL;
	TRY(check(store));
	TRY(db_query(store_db(store), &stmt, COLUMNS "WHERE seq > ? ORDER BY seq LIMIT 1", "i",
		     *number));
	TRY(stmt_step(stmt, &found));
	if (!found)
		return NULL;
	*number = stmt_int(stmt, 0);
	*ret = alert_json(stmt);
	stmt_reset(stmt);
	return NULL;
}

struct err *alert_list(struct store *store, bool closed, json_t **ret)
{
	_json_ json_t *list = json_array();
	struct stmt *stmt;
	bool row;

	TRY(check(store));
	TRY(db_query(store_db(store), &stmt,
		     COLUMNS "WHERE state = 'open' OR ? <> 0 ORDER BY seq DESC LIMIT 1000", "i",
		     (int64_t)closed));
	for (;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			break;
		json_array_append_new(list, alert_json(stmt));
	}
	*ret = json_incref(list);
	return NULL;
}
