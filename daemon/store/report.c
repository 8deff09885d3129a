/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds a verdict's JSON document from the rows of the store. */
#include "daemon/store/report.h"

#include <stdio.h>
#include <string.h>

#include "base/utc.h"
#include "daemon/store/annotation.h"
#include "daemon/store/history.h"

/* The sections of schema/verdict.schema.json, in their order; NULL until something fills them. */
static const char *const sections[] = {"dump",	"system", "crash",  "cpus", "tasks",
				       "locks", "waits",  "memory", "log"};

#define SCHEMA "triage.verdict/1"

/* --- placing findings ------------------------------------------------------------------------- */

/* The object or list at a dotted path, made on the way; NULL where the path leads through what is none. */
static json_t *reach(json_t *report, const char *path, size_t length, bool list)
{
	json_t *at = report;

	for (const char *part = path; part < path + length;) {
		size_t size = strcspn(part, ".[");
		bool last = part + size >= path + length;
		char key[64];

		snprintf(key, sizeof(key), "%.*s", (int)MIN(size, sizeof(key) - 1), part);
		json_t *next = json_object_get(at, key);
		if (!next || json_is_null(next)) {
			next = last && list ? json_array() : json_object();
			if (json_object_set_new(at, key, next))
				return NULL;
		}
		at = next;
		part += size + 1;
	}
	return (list ? json_is_array(at) : json_is_object(at)) ? at : NULL;
}

/* Where a finding went, as a JSON pointer: "/locks/0". */
static json_t *pointer(const char *path, size_t length, const json_t *list)
{
	char text[96];
	size_t n = 0;

	text[n++] = '/';
	for (size_t i = 0; i < length && n + 24 < sizeof(text); i++)
		text[n++] = path[i] == '.' ? '/' : path[i];
	text[n] = '\0';
	return list ? json_sprintf("%s/%zu", text, json_array_size(list) - 1) : json_string(text);
}

/* Move evidence into its section. The finding keeps a pointer to it; and the evidence itself where there is no such place. */
static json_t *place(json_t *report, const char *path, json_t *evidence)
{
	size_t length = strlen(path);
	bool list = length > 2 && !strcmp(path + length - 2, "[]");

	length -= list ? 2 : 0;
	json_t *at = reach(report, path, length, list);
	if (!at)
		return evidence;
	if (list)
		json_array_append(at, evidence);
	else
		json_object_update(at, evidence);
	json_t *section = pointer(path, length, list ? at : NULL);
	json_decref(evidence);
	return json_pack("{s:o}", "section", section);
}

static json_t *evidence_of(struct store *store, int64_t dump, struct stmt *row)
{
	json_t *held = store_take_evidence(store, dump, stmt_int(row, 0));
	const char *text = held ? NULL : stmt_text(row, 7);

	return text ? json_loads(text, 0, NULL) : held;
}

static json_t *finding_row(struct store *store, int64_t dump, struct stmt *row, json_t *report)
{
	json_t *finding = json_pack("{s:I, s:s, s:s, s:s, s:f, s:s?}", "id",
				    (json_int_t)stmt_int(row, 0), "analyzer", stmt_text(row, 1),
				    "code", stmt_text(row, 2), "severity", stmt_text(row, 4),
				    "confidence", stmt_real(row, 5), "headline", stmt_text(row, 6));
	const char *where = stmt_text(row, 3);
	json_t *evidence = evidence_of(store, dump, row);

	if (evidence && where)
		evidence = place(report, where, evidence);
	json_object_set_new(finding, "evidence", evidence ? evidence : json_null());
	return finding;
}

#define FINDINGS(month)                                                                            \
	"SELECT number, analyzer, code, place, severity, confidence, headline, evidence "          \
	"FROM finding WHERE dump = ?1" month " ORDER BY number"
static const char *const found[] = {
	[DB_SQLITE] = FINDINGS(""), [DB_POSTGRESQL] = FINDINGS(" AND month = ?2")};

static struct err *add_findings(struct store *store, int64_t dump, json_t *report)
{
	json_t *findings = json_array();
	struct stmt *row;
	bool more;

	json_object_set_new(report, "findings", findings);
	TRY(store_ask_found(store, found, dump, &row));
	for (;;) {
		TRY(stmt_step(row, &more));
		if (!more)
			return NULL;
		json_array_append_new(findings, finding_row(store, dump, row, report));
	}
}

/* --- the verdict itself ----------------------------------------------------------------------- */

static json_t *json_column(struct stmt *row, int column)
{
	const char *text = stmt_text(row, column);
	json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

	return json ? json : json_null();
}

static json_t *time_json(int64_t seconds)
{
	char text[UTC_SIZE];

	return utc_format(seconds, text) ? json_string(text) : json_null();
}

static json_t *verdict_row(struct stmt *row)
{
	json_t *signature = json_object();
	json_t *verdict = json_pack("{s:s, s:s, s:f, s:s?, s:s}", "cause", stmt_text(row, 0),
				    "headline", stmt_text(row, 1), "confidence", stmt_real(row, 2),
				    "rule", stmt_text(row, 3), "severity", stmt_text(row, 4));

	json_object_set_new(signature, "exact",
			    stmt_is_null(row, 5) ? json_null() : json_string(stmt_text(row, 5)));
	json_object_set_new(signature, "fuzzy", json_column(row, 6));
	json_object_set_new(signature, "version",
			    stmt_is_null(row, 16) ? json_null() : json_integer(stmt_int(row, 16)));
	json_object_set_new(verdict, "because", json_column(row, 7));
	json_object_set_new(verdict, "reasons", json_column(row, 8));
	json_object_set_new(verdict, "ruled_out", json_column(row, 9));
	json_object_set_new(verdict, "next_steps", json_column(row, 10));
	json_object_set_new(verdict, "see", json_column(row, 17));
	json_object_set_new(verdict, "alternatives", json_column(row, 11));
	json_object_set_new(verdict, "known_issue", json_column(row, 12));
	json_object_set_new(verdict, "broken_rules", json_column(row, 13));
	json_object_set_new(verdict, "signature", signature);
	return verdict;
}

#define VERDICT(month)                                                                             \
	"SELECT cause, headline, confidence, rule, severity, signature, fuzzy, because, reasons, " \
	"ruled_out, next_steps, alternatives, known_issue, broken, analyzed_at, tool_version, "    \
	"signature_version, see FROM verdict WHERE dump = ?1" month
static const char *const judged[] = {
	[DB_SQLITE] = VERDICT(""), [DB_POSTGRESQL] = VERDICT(" AND month = ?2")};

static struct err *add_verdict(struct store *store, int64_t dump, json_t *report)
{
	struct stmt *row;
	bool more;

	TRY(store_ask_found(store, judged, dump, &row));
	TRY(stmt_step(row, &more));
	if (!more)
		return NULL;
	json_object_set_new(report, "verdict", verdict_row(row));
	json_object_set_new(report, "analyzed_at", time_json(stmt_int(row, 14)));
	json_object_set_new(
		report, "tool",
		json_pack("{s:s, s:s}", "name", "triage", "version", stmt_text(row, 15)));
	stmt_reset(row);
	return NULL;
}

static struct err *start(struct store *store, int64_t dump, json_t *report)
{
	struct stmt *row;
	bool more;

	TRY(db_query(store_db(store), &row, "SELECT uid, path, size FROM dump WHERE id = ?", "i",
		     dump));
	TRY(stmt_step(row, &more));
	if (!more)
		return err_new(ERR_NOT_FOUND, "there is no dump %lld", (long long)dump);
	json_object_set_new(report, "schema", json_string(SCHEMA));
	json_object_set_new(report, "uid", json_string(stmt_text(row, 0)));
	json_object_set_new(report, "analyzed_at", json_null());
	json_object_set_new(report, "tool", json_null());
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		json_object_set_new(report, sections[i], json_null());
	json_object_set_new(
		report, "dump",
		json_pack("{s:o, s:I}", "path",
			  stmt_is_null(row, 1) ? json_null() : json_escaped(stmt_text(row, 1)),
			  "size", (json_int_t)stmt_int(row, 2)));
	stmt_reset(row);
	return NULL;
}

/* Who reads the verdict alone, as a ticketing system does, reads there what it began with. */
static void copy_first_cause(json_t *report)
{
	json_t *verdict = json_object_get(report, "verdict");
	json_t *cause = json_at(report, "log.first_cause");

	if (json_is_object(verdict))
		json_object_set(verdict, "first_cause", cause ? cause : json_null());
}

/* As of now: both change without the verdict, so its row does not keep them. */
static struct err *add_history(struct store *store, int64_t dump, json_t *report)
{
	json_t *verdict = json_object_get(report, "verdict");
	_history_ struct history history = {0};
	json_t *annotation;

	if (!json_is_object(verdict))
		return NULL;
	TRY(history_read(store, dump, &history));
	json_object_set_new(verdict, "history", history_json(&history));
	TRY(annotation_read(store, dump, &annotation));
	json_object_set_new(verdict, "annotation", annotation);
	return NULL;
}

struct err *report_build(struct store *store, int64_t dump, json_t **ret)
{
	_json_ json_t *report = json_object();

	TRY(start(store, dump, report));
	json_object_set_new(report, "findings", json_null());
	json_object_set_new(report, "verdict", json_null());
	json_object_set_new(report, "degraded", json_array());
	json_object_set_new(report, "cost", json_null());
	TRY(add_findings(store, dump, report));
	TRY(add_verdict(store, dump, report));
	TRY(add_history(store, dump, report));
	copy_first_cause(report);
	*ret = json_incref(report);
	return NULL;
}

bool report_is_ours(const json_t *report)
{
	const char *schema = json_string_at(report, "schema");

	return schema && !strcmp(schema, SCHEMA);
}

char *report_format(const json_t *report, bool indent)
{
	return json_dumps(report,
			  JSON_REALS | JSON_PRINTABLE | (indent ? JSON_INDENT(2) : JSON_COMPACT));
}
