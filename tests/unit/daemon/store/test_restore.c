/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "daemon/store/annotation.h"
#include "daemon/store/queue.h"
#include "daemon/store/report.h"
#include "daemon/store/restore.h"
#include "daemon/store/verdict_row.h"

static json_t *report_of(struct store *store, const char *uid)
{
	json_t *report = NULL;
	int64_t dump = 0;

	assert_ok(db_number(store_db(store), &dump, "SELECT id FROM dump WHERE uid = ?", "t", uid));
	assert_ok(report_build(store, dump, &report));
	return report;
}

static void add(struct store *store, int64_t dump, const char *code, json_t *evidence)
{
	_json_ json_t *finding = json_pack("{s:s, s:s, s:s, s:f, s:s, s:o}", "analyzer", "test",
					   "code", code, "severity", "info", "confidence", 0.5,
					   "headline", "h", "evidence", evidence);

	assert_ok(store_add_finding(store, dump, finding));
}

/* The daemon's side of it, as after an analysis. */
static void finish(struct store *store, int64_t dump)
{
	const struct queue_file file = {.id = {.device = 1, .inode = 1, .size = 7},
					.path = "/a/vmcore",
					.directory = "/a",
					.crash_time = 5};
	_verdict_row_ struct verdict_row row = {0};

	assert_ok(queue_add(store_db(store), dump, &file, 1700000000));
	assert_ok(verdict_row_read(store, dump, &row));
	assert_ok(queue_finish(store_db(store), dump, false, &row, 1700000000));
}

/* Objects that merge, lists, evidence of its own. */
static json_t *made_report(void)
{
	_cleanup_(cleanup_store_close) struct store *store = NULL;
	_json_ json_t *because = json_pack("[i, i]", 1, 2);
	struct verdict verdict = {.cause = (char *)"deadlock",
				  .severity = (char *)"critical",
				  .headline = (char *)"a waits for b",
				  .rule = (char *)"deadlock",
				  .confidence = 0.74,
				  .because = because};
	struct verdict_meta meta = {
		.signature = "s1", .analyzed_at = 1700000000, .tool_version = "0.0.1"};
	int64_t dump;

	assert_ok(store_open(":memory:", 0, &store));
	assert_ok(store_put_dump(
		store, &(struct dump_row){.uid = "u1", .path = "/a/vmcore", .size = 7}, &dump));
	add(store, dump, "crash", json_pack("{s:s}", "kind", "bug"));
	add(store, dump, "backtrace.panic", json_pack("{s:[{s:s}]}", "backtrace", "symbol", "f"));
	add(store, dump, "lock.mutex", json_pack("{s:s}", "address", "0x1"));
	add(store, dump, "lock.mutex", json_pack("{s:s}", "address", "0x2"));
	add(store, dump, "analysis.failed", json_pack("{s:s}", "why", "w"));
	add(store, dump, "crash.time", json_pack("{s:s}", "time", "2023-11-14T22:13:20Z"));
	assert_ok(store_put_verdict(store, dump, &verdict, &meta));
	finish(store, dump);
	assert_ok(annotation_put(store, dump,
				 &(struct annotation_words){.ticket = "BUG-1", .note = "n"},
				 1700000000));
	return report_of(store, "u1");
}

START_TEST(the_same_report_comes_back)
{
	_cleanup_(cleanup_store_close) struct store *store = NULL;
	_json_ json_t *report = made_report(), *again = NULL;
	int64_t exported = 0;
	bool taken;

	assert_ok(store_open(":memory:", 0, &store));
	assert_ok(restore_report(store, report, 1800000000, &taken));
	ck_assert(taken);
	again = report_of(store, "u1");
	_free_ char *was = report_format(report, true), *is = report_format(again, true);
	ck_assert_str_eq(was, is);
	assert_ok(db_number(store_db(store), &exported, "SELECT count(*) FROM export", ""));
	ck_assert_int_eq(exported, 1);
	assert_ok(restore_report(store, report, 1800000000, &taken));
	ck_assert(!taken);
}
END_TEST

/* Nothing is left of a report that is no whole one. */
START_TEST(half_a_report_leaves_nothing)
{
	_cleanup_(cleanup_store_close) struct store *store = NULL;
	static const char *const without[] = {"schema", "uid", "verdict", "analyzer"};

	assert_ok(store_open(":memory:", 0, &store));
	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		_json_ json_t *report = made_report();
		json_t *last = json_array_get(json_at(report, "findings"), 4);
		int64_t rows = 0;
		bool taken;

		ck_assert(!json_object_del(i < 3 ? report : last, without[i]));
		assert_err(restore_report(store, report, 1800000000, &taken), ERR_INVALID);
		ck_assert(!taken);
		assert_ok(db_number(store_db(store), &rows,
				    "SELECT (SELECT count(*) FROM dump) + (SELECT count(*) FROM "
				    "finding)",
				    ""));
		ck_assert_int_eq(rows, 0);
	}
}
END_TEST

START_TEST(pointers_that_lead_nowhere)
{
	static const char *const pointers[] = {
		"/locks/7",
		"/locks/99999999999999999999",
		"/",
		"x",
		"/schema/0",
		"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		_cleanup_(cleanup_store_close) struct store *store = NULL;
		_json_ json_t *report = made_report();
		json_t *evidence =
			json_at(json_array_get(json_at(report, "findings"), 2), "evidence");
		bool taken;

		json_object_set_new(evidence, "section", json_string(pointers[i]));
		assert_ok(store_open(":memory:", 0, &store));
		assert_ok(restore_report(store, report, 1800000000, &taken));
		ck_assert(taken);
	}
}
END_TEST

UNIT_MAIN("restore", the_same_report_comes_back, half_a_report_leaves_nothing,
	  pointers_that_lead_nowhere)
