/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a report back to the rows that it was built from. */
#include "daemon/store/restore.h"

#include <string.h>

#include "base/parse.h"
#include "base/utc.h"
#include "daemon/store/annotation.h"
#include "daemon/store/queue.h"
#include "daemon/store/report.h"
#include "daemon/store/verdict_row.h"

/* What a JSON pointer of two parts at most, as report_build() writes it ("/locks/0"), points at. */
static const json_t *pointed_at(const json_t *report, const char *pointer)
{
	const json_t *at = report;
	char part[64];

	while (at && *pointer == '/') {
		size_t length = strcspn(++pointer, "/");
		uint64_t index;

		if (length >= sizeof(part))
			return NULL;
		memcpy(part, pointer, length);
		part[length] = '\0';
		at = json_is_array(at) && parse_dec(part, length, &index)
			     ? json_array_get(at, index)
			     : json_object_get(at, part);
		pointer += length;
	}
	return at;
}

/*
 * The evidence stands where the finding's code places it. Several findings may have filled one
 * object: each gets the whole of it back, which builds the same report.
 */
static struct err *restore_finding(struct store *store, const json_t *report, int64_t dump,
				   const json_t *finding)
{
	const char *section = json_string_at(finding, "evidence.section");
	const json_t *evidence =
		section ? pointed_at(report, section) : json_at(finding, "evidence");
	_json_ json_t *whole = json_copy((json_t *)finding);

	if (!whole)
		return err_new(ERR_INVALID, "a finding that is none");
	json_object_set(whole, "evidence",
			json_is_object(evidence) ? (json_t *)evidence : json_null());
	return store_add_finding(store, dump, whole);
}

static struct err *restore_findings(struct store *store, const json_t *report, int64_t dump)
{
	const json_t *findings = json_at(report, "findings");
	const json_t *finding;
	size_t i;

	json_array_foreach (findings, i, finding)
		TRY(restore_finding(store, report, dump, finding));
	return NULL;
}

/* NULL where the report says null. */
static json_t *list_at(const json_t *verdict, const char *path)
{
	const json_t *list = json_at(verdict, path);

	return json_is_null(list) ? NULL : (json_t *)list;
}

static struct err *restore_verdict(struct store *store, const json_t *report, int64_t dump)
{
	const json_t *from = json_at(report, "verdict");
	const char *version = json_string_at(report, "tool.version");
	struct verdict verdict = {
		.rule = (char *)json_string_at(from, "rule"),
		.cause = (char *)json_string_at(from, "cause"),
		.severity = (char *)json_string_at(from, "severity"),
		.headline = (char *)json_string_at(from, "headline"),
		.confidence = json_number_value(json_at(from, "confidence")),
		.because = list_at(from, "because"),
		.reasons = list_at(from, "reasons"),
		.ruled_out = list_at(from, "ruled_out"),
		.next_steps = list_at(from, "next_steps"),
		.see = list_at(from, "see"),
		.alternatives = list_at(from, "alternatives"),
		.broken = list_at(from, "broken_rules"),
		.known_issue = list_at(from, "known_issue"),
	};
	struct verdict_meta meta = {
		.signature = json_string_at(from, "signature.exact"),
		.fuzzy = list_at(from, "signature.fuzzy"),
		.signature_version = json_integer_at(from, "signature.version"),
		.analyzed_at = utc_parse(json_string_at(report, "analyzed_at")),
		.tool_version = version ? version : "unknown",
	};

	if (!verdict.cause || !verdict.severity || !verdict.headline)
		return err_new(ERR_INVALID, "no verdict of a finished analysis");
	return store_put_verdict(store, dump, &verdict, &meta);
}

static struct err *restore_job(struct store *store, const json_t *report, int64_t dump, int64_t now)
{
	_verdict_row_ struct verdict_row row = {0};
	int64_t analyzed_at = utc_parse(json_string_at(report, "analyzed_at"));

	TRY(verdict_row_read(store, dump, &row));
	return queue_put_finished(store_db(store), dump, &row, analyzed_at ? analyzed_at : now,
				  now);
}

static struct err *restore_rows(struct store *store, const json_t *report, int64_t now)
{
	struct dump_row dump = {.uid = json_string_at(report, "uid"),
				.path = json_string_at(report, "dump.path"),
				.size = json_integer_at(report, "dump.size")};
	int64_t id;

	TRY(store_put_dump(store, &dump, &id));
	TRY(restore_findings(store, report, id));
	TRY(restore_verdict(store, report, id));
	TRY(annotation_restore(store, json_at(report, "verdict.annotation")));
	return restore_job(store, report, id, now);
}

struct err *restore_report(struct store *store, const json_t *report, int64_t now, bool *taken)
{
	const char *uid = json_string_at(report, "uid");
	struct db *db = store_db(store);
	int64_t known = 0;
	struct err *err;

	*taken = false;
	if (!uid || !report_is_ours(report))
		return err_new(ERR_INVALID, "no report of this program");
	TRY(db_number(db, &known, "SELECT 1 FROM dump WHERE uid = ?", "t", uid));
	if (known)
		return NULL;
	/* A report that is half right leaves nothing behind. */
	TRY(db_exec(db, "SAVEPOINT restore"));
	err = restore_rows(store, report, now);
	if (err)
		(void)err_ok(db_exec(db, "ROLLBACK TO restore"));
	else
		err = db_exec(db, "RELEASE restore");
	*taken = !err;
	return err;
}
