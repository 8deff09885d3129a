/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "daemon/store/annotation.h"
#include "daemon/store/queue.h"
#include "daemon/store/verdict_row.h"

static struct store *opened(void)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	return store;
}

static int64_t add(struct store *store, const char *uid, const char *signature)
{
	const struct verdict_row row = {.cause = (char *)"unknown",
					.severity = (char *)"warning",
					.headline = (char *)"h",
					.signature = (char *)signature};
	struct verdict verdict = {
		.cause = row.cause, .severity = row.severity, .headline = row.headline};
	int64_t dump;

	assert_ok(store_put_dump(store, &(struct dump_row){.uid = uid}, &dump));
	assert_ok(store_put_verdict(
		store, dump, &verdict,
		&(struct verdict_meta){.signature = signature, .tool_version = "0"}));
	assert_ok(queue_put_finished(store_db(store), dump, &row, 1, 1));
	return dump;
}

static void say(struct store *store, int64_t dump, const char *ticket, const char *cause,
		const char *note, int64_t now)
{
	const struct annotation_words words = {.ticket = ticket, .cause = cause, .note = note};

	assert_ok(annotation_put(store, dump, &words, now));
}

/* "ticket|cause|note", "-" for none of it, "" for no annotation. */
static void expect(struct store *store, int64_t dump, const char *words)
{
	_json_ json_t *json = NULL;
	_str_ struct str text = {0};

	str_puts(&text, "");
	assert_ok(annotation_read(store, dump, &json));
	if (json_is_object(json)) {
		const char *ticket = json_string_at(json, "ticket"),
			   *cause = json_string_at(json, "cause"),
			   *note = json_string_at(json, "note");

		str_printf(&text, "%s|%s|%s", ticket ? ticket : "-", cause ? cause : "-",
			   note ? note : "-");
	}
	ck_assert_str_eq(text.data, words);
}

START_TEST(one_goes_for_all_of_its_signature)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	int64_t a = add(store, "a", "s"), b = add(store, "b", "s"), other = add(store, "c", "t"),
		none = add(store, "d", NULL), also_none = add(store, "e", NULL);

	expect(store, a, "");
	say(store, a, "BUG-1", NULL, NULL, 10);
	say(store, b, NULL, "a driver", "see \"there\"",
	    11); /* of another dump of it: added to that */
	say(store, none, NULL, NULL, "n", 12);
	expect(store, a, "BUG-1|a driver|see \"there\"");
	expect(store, b, "BUG-1|a driver|see \"there\"");
	expect(store, add(store, "f", "s"), "BUG-1|a driver|see \"there\"");
	expect(store, other, "");
	expect(store, none, "-|-|n"); /* without a signature it goes for that dump alone */
	expect(store, also_none, "");
	say(store, a, "", NULL, NULL, 13);
	expect(store, b, "-|a driver|see \"there\"");
}
END_TEST

START_TEST(it_outlives_a_change_of_signatures_and_the_dump)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	int64_t a = add(store, "a", "old"), before = add(store, "b", "old"), pruned = 0;

	say(store, a, "BUG-1", NULL, NULL, 10);
	assert_ok(store_clear(store, a)); /* analyzed again, by a version that makes others */
	assert_ok(
		db_run(store_db(store), "UPDATE job SET signature = 'new' WHERE dump = ?", "i", a));
	expect(store, a, "BUG-1|-|-");
	expect(store, before, "BUG-1|-|-");
	expect(store, add(store, "c", "new"), "BUG-1|-|-");
	assert_ok(queue_prune(store_db(store), 100, &pruned));
	ck_assert_int_eq(pruned, 3);
	expect(store, add(store, "d", "old"), "BUG-1|-|-");
}
END_TEST

START_TEST(who_reads_reports_or_polls_hears_of_it)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	int64_t a = add(store, "a", "s"), last = 0, due = 0;
	bool told = false;

	add(store, "b", "s");
	say(store, a, "BUG-1", NULL, NULL, 10);
	assert_ok(db_number(store_db(store), &last,
			    "SELECT dump FROM export ORDER BY seq DESC LIMIT 1", ""));
	ck_assert_int_eq(last, a);
	assert_ok(queue_next_report(store_db(store), &due, &told));
	ck_assert_int_eq(due, a);
	ck_assert(told);
	/* one that the journal does not have yet is not kept from it */
	assert_ok(db_run(store_db(store), "UPDATE job SET report_due = 1 WHERE dump = ?", "i", a));
	say(store, a, "BUG-2", NULL, NULL, 11);
	assert_ok(queue_next_report(store_db(store), &due, &told));
	ck_assert(!told);
}
END_TEST

START_TEST(what_is_refused)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	int64_t a = add(store, "a", "s");
	char text[ANNOTATION_NOTE_MAX + 2];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_err(annotation_put(store, a, &(struct annotation_words){.note = text}, 1),
		   ERR_INVALID);
	assert_err(annotation_put(
			   store, a,
			   &(struct annotation_words){.ticket = text + ANNOTATION_NOTE_MAX - 200},
			   1),
		   ERR_INVALID);
	assert_err(annotation_put(store, a, &(struct annotation_words){0}, 1), ERR_INVALID);
	assert_err(annotation_put(store, 4711, &(struct annotation_words){.note = "n"}, 1),
		   ERR_NOT_FOUND);
	expect(store, a, "");
	say(store, a, text + ANNOTATION_NOTE_MAX + 1 - 200, NULL, text + 1, 1);
}
END_TEST

START_TEST(the_latest_comes_back)
{
	_cleanup_(cleanup_store_close) struct store *store = opened(), *other = opened();
	int64_t a = add(store, "a", "s"), there = add(other, "b", "s");
	_json_ json_t *first = NULL, *second = NULL, *none = json_null(),
		      *broken = json_pack("{s:s}", "uid", "x");

	say(store, a, "BUG-1", NULL, "n", 1700000000);
	assert_ok(annotation_read(store, a, &first));
	assert_ok(annotation_put(store, a, &(struct annotation_words){.fixed = "6.1.0-35"},
				 1700000000));
	say(store, a, "BUG-2", NULL, "", 1700000001);
	assert_ok(annotation_read(store, a, &second));
	assert_ok(annotation_restore(other, none));
	assert_ok(annotation_restore(other, broken));
	assert_ok(annotation_restore(other, NULL));
	expect(other, there, "");
	assert_ok(annotation_restore(other, first));
	expect(other, there, "BUG-1|-|n");
	assert_ok(annotation_restore(other, second));
	assert_ok(annotation_restore(other, first)); /* of an older report */
	expect(other, there, "BUG-2|-|-");
	json_decref(take_ptr(none));
	assert_ok(annotation_read(other, there, &none));
	ck_assert_str_eq(json_string_at(none, "fixed"), "6.1.0-35");
}
END_TEST

UNIT_MAIN("annotation", one_goes_for_all_of_its_signature,
	  it_outlives_a_change_of_signatures_and_the_dump, who_reads_reports_or_polls_hears_of_it,
	  what_is_refused, the_latest_comes_back)
