/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures that an older program made. */
#include "unit.h"

#include <stdio.h>

#include "daemon/store/queue.h"
#include "daemon/store/signing.h"
#include "daemon/store/verdict_row.h"

static struct store *store;

/* A crash with one frame, and a verdict that has the signature of then. */
static int64_t add(int number, const char *signature, int64_t version)
{
	const struct verdict_row row = {.cause = (char *)"unknown",
					.severity = (char *)"warning",
					.headline = (char *)"h",
					.signature = (char *)signature,
					.crash_time = number};
	struct verdict verdict = {
		.cause = row.cause, .severity = row.severity, .headline = row.headline};
	_json_ json_t *crash =
		json_pack("{s:s, s:s, s:s, s:f, s:s, s:{s:s, s:{s:s}, s:[{s:s, s:s}]}}", "analyzer",
			  "test", "code", "crash", "severity", "info", "confidence", 1.0, "place",
			  "crash", "evidence", "kind", "bug", "rip", "symbol", "f", "backtrace",
			  "symbol", "f", "found_by", "orc");
	_json_ json_t *fuzzy = json_array();
	char uid[32];
	int64_t dump;

	snprintf(uid, sizeof(uid), "u%d", number);
	assert_ok(store_put_dump(store, &(struct dump_row){.uid = uid}, &dump));
	assert_ok(store_add_finding(store, dump, crash));
	assert_ok(store_put_verdict(store, dump, &verdict,
				    &(struct verdict_meta){.signature = signature,
							   .fuzzy = fuzzy,
							   .signature_version = version,
							   .tool_version = "0"}));
	assert_ok(queue_put_finished(store_db(store), dump, &row, 1, 1));
	return dump;
}

static int64_t number(const char *sql, int64_t dump)
{
	int64_t ret = 0;

	assert_ok(db_number(store_db(store), &ret, sql, "i", dump));
	return ret;
}

START_TEST(old_ones_are_made_anew)
{
	struct signing_result result = {0};
	struct signature now;
	int64_t old, later, same;

	assert_ok(store_open(":memory:", 0, &store));
	old = add(1, "00000000000000aa", 0);
	later = add(2, NULL, SIGNATURE_VERSION + 1);
	same = add(3, "00000000000000bb", SIGNATURE_VERSION);
	assert_ok(signing_make(store, old, "unknown", &now));
	json_decref(now.fuzzy);
	ck_assert_uint_eq(strlen(now.exact), 16);

	assert_ok(signing_renew(store, 1, &result));
	ck_assert_int_eq(result.made, 1);
	assert_ok(signing_renew(store, 10, &result));
	ck_assert_int_eq(result.made, 2);
	ck_assert_int_eq(result.changed, 2);
	assert_ok(signing_renew(store, 10, &result));
	ck_assert_int_eq(result.made, 2);

	ck_assert_int_eq(number("SELECT count(DISTINCT signature) FROM job WHERE dump != ?", same),
			 1);
	ck_assert_int_eq(number("SELECT report_due FROM job WHERE dump = ?", later), 2);
	ck_assert_int_eq(number("SELECT report_due FROM job WHERE dump = ?", same), 0);
	ck_assert_int_eq(number("SELECT json_array_length(fuzzy) FROM verdict WHERE dump = ?", old),
			 2);
	store_close(store);
}
END_TEST

UNIT_MAIN("signing", old_ones_are_made_anew)
