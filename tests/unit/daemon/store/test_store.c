/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "rules/db.h"
#include "daemon/store/store.h"
#include "rules/embedded.h"

static char directory[64], path[96];

static void set_up(void)
{
	copy_string(directory, sizeof(directory), "/tmp/triage-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/triage.db", directory);
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	ck_assert_int_eq(system(command), 0);
}

static int64_t number(struct store *store, const char *sql)
{
	int64_t value = -1;

	assert_ok(db_number(store_db(store), &value, sql, ""));
	return value;
}

static int64_t put(struct store *store, const char *uid, const char *where, int64_t size)
{
	int64_t id;

	assert_ok(store_put_dump(store, &(struct dump_row){.uid = uid, .path = where, .size = size},
				 &id));
	return id;
}

static struct err *add(struct store *store, int64_t dump, const char *text)
{
	_json_ json_t *finding = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(finding);
	return store_add_finding(store, dump, finding);
}

static void put_verdict(struct store *store, int64_t dump, const char *headline)
{
	_verdict_ struct verdict verdict = {.cause = strdup("unknown"),
					    .severity = strdup("notice"),
					    .headline = strdup(headline)};
	_json_ json_t *fuzzy = json_pack("[s]", "panic in f");
	struct verdict_meta meta = {.fuzzy = fuzzy, .analyzed_at = 1000, .tool_version = "1"};

	assert_ok(store_put_verdict(store, dump, &verdict, &meta));
}

static const char good[] = "{\"analyzer\": \"panic\", \"code\": \"crash\", \"severity\": "
			   "\"critical\", \"confidence\": 1, \"evidence\": {\"kind\": \"bug\"}}";

static int newest(void)
{
	int version = 0;

	for (const struct embedded_sql *one = embedded_migrations; one->name; one++)
		version = MAX(version, atoi(one->name));
	return version;
}

START_TEST(made_from_nothing_and_opened_again)
{
	struct store *store;
	struct stat st;

	set_up();
	assert_ok(store_open(path, 0, &store));
	ck_assert_int_eq(number(store, "PRAGMA user_version"), newest());
	ck_assert_int_eq(number(store, "SELECT count(*) FROM crash"), 0);
	put(store, "u1", "/a", 5);
	store_close(store);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	assert_ok(store_open(path, 0, &store));
	ck_assert_int_eq(number(store, "SELECT size FROM dump WHERE uid = 'u1'"), 5);
	store_close(store);
	tear_down();
}
END_TEST

/* A database of each earlier version ends up like one that is new. */
START_TEST(migrated_from_every_earlier_version)
{
	for (const struct embedded_sql *last = embedded_migrations; last->name; last++) {
		struct store *store;
		struct db *db;
		char pragma[64];

		set_up();
		assert_ok(db_open(path, 0, &db));
		for (const struct embedded_sql *one = embedded_migrations; one <= last; one++)
			assert_ok(db_exec(db, one->sql));
		snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", atoi(last->name));
		assert_ok(db_exec(db, pragma));
		assert_ok(db_exec(db, "INSERT INTO dump (uid, size) VALUES ('old', 7)"));
		db_close(db);
		assert_ok(store_open(path, 0, &store));
		ck_assert_int_eq(number(store, "PRAGMA user_version"), newest());
		ck_assert_int_eq(number(store, "SELECT size FROM dump WHERE uid = 'old'"), 7);
		ck_assert_int_eq(number(store, "SELECT count(*) FROM job, export, crash"), 0);
		store_close(store);
		tear_down();
	}
}
END_TEST

START_TEST(views_are_made_anew_when_their_text_changed)
{
	struct store *store;

	set_up();
	assert_ok(store_open(path, 0, &store));
	assert_ok(db_exec(store_db(store),
			  "DROP VIEW crash; CREATE VIEW crash AS SELECT 1 AS old; CREATE VIEW "
			  "\"gone \"\"by\"\" now\" AS SELECT 1; PRAGMA application_id = 1"));
	store_close(store);
	assert_ok(store_open(path, 0, &store));
	ck_assert_int_eq(number(store, "SELECT count(kind) FROM crash"), 0);
	ck_assert_int_eq(
		number(store, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'gone%'"), 0);
	store_close(store);
	tear_down();
}
END_TEST

START_TEST(version_of_a_newer_program_is_refused)
{
	struct store *store;

	set_up();
	assert_ok(store_open(path, 0, &store));
	assert_ok(db_exec(store_db(store), "PRAGMA user_version = 9999"));
	store_close(store);
	assert_err(store_open(path, 0, &store), ERR_UNSUPPORTED);
	assert_err(store_open(path, DB_READ_ONLY, &store), ERR_UNSUPPORTED);
	tear_down();
}
END_TEST

START_TEST(readers_write_and_create_nothing)
{
	struct store *store;
	int64_t id;

	set_up();
	assert_err(store_open(path, DB_READ_ONLY, &store), ERR_IO);
	ck_assert_int_ne(access(path, F_OK), 0);
	assert_ok(store_open(path, 0, &store));
	store_close(store);
	assert_ok(store_open(path, DB_READ_ONLY, &store));
	struct err *err = store_put_dump(store, &(struct dump_row){.uid = "u"}, &id);
	ck_assert_ptr_nonnull(err);
	err_free(err);
	ck_assert_int_eq(number(store, "SELECT count(*) FROM dump"), 0);
	store_close(store);
	/* An empty file is a database without our schema. */
	ck_assert_int_eq(truncate(path, 0), 0);
	err = store_open(path, DB_READ_ONLY, &store);
	ck_assert_ptr_nonnull(err);
	ck_assert_int_eq(err->errnum, EAGAIN);
	err_free(err);
	tear_down();
}
END_TEST

static void overwrite(off_t at, off_t length)
{
	FILE *file = fopen(path, "r+");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
	for (off_t i = 0; i < length; i++)
		fputc((int)(0xa5 ^ i * 7), file);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(what_is_no_database_is_corrupt)
{
	struct store *store;

	set_up();
	fclose(fopen(path, "w"));
	overwrite(0, 8192);
	assert_err(store_open(path, 0, &store), ERR_CORRUPT);
	assert_err(store_open(path, DB_READ_ONLY, &store), ERR_CORRUPT);
	tear_down();
}
END_TEST

START_TEST(damaged_database_is_corrupt)
{
	struct store *store;

	set_up();
	assert_ok(store_open(path, 0, &store));
	store_close(store);
	overwrite(100, 3996); /* the schema's first page behind the header */
	assert_err(store_open(path, 0, &store), ERR_CORRUPT);
	tear_down();
}
END_TEST

START_TEST(one_row_for_one_uid)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	int64_t first = put(store, "u1", "/a", 5);
	ck_assert_int_ne(put(store, "u2", NULL, 5), first);
	ck_assert_int_eq(put(store, "u1", "/b", 6), first);
	ck_assert_int_eq(number(store, "SELECT count(*) FROM dump"), 2);
	ck_assert_int_eq(number(store, "SELECT size FROM dump WHERE path = '/b'"), 6);
	store_close(store);
}
END_TEST

START_TEST(findings_are_numbered_and_cleared)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	int64_t one = put(store, "u1", NULL, 1), two = put(store, "u2", NULL, 1);
	for (int i = 0; i < 3; i++)
		assert_ok(add(store, one, good));
	assert_ok(add(store, two, good));
	put_verdict(store, one, "old");
	ck_assert_int_eq(number(store, "SELECT max(number) FROM finding WHERE dump = 1"), 3);
	ck_assert_int_eq(number(store, "SELECT max(number) FROM finding WHERE dump = 2"), 1);
	assert_ok(store_clear(store, one));
	ck_assert_int_eq(number(store, "SELECT count(*) FROM finding"), 1);
	ck_assert_int_eq(number(store, "SELECT count(*) FROM verdict"), 0);
	assert_ok(add(store, one, good));
	ck_assert_int_eq(number(store, "SELECT max(number) FROM finding WHERE dump = 1"), 1);
	store_close(store);
}
END_TEST

/* What a worker that was taken over may send. */
START_TEST(findings_are_taken_with_care)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	int64_t dump = put(store, "u1", NULL, 1);
	assert_err(add(store, dump, "{}"), ERR_INVALID);
	assert_err(add(store, dump, "{\"analyzer\": 1, \"code\": \"c\", \"severity\": \"info\"}"),
		   ERR_INVALID);
	assert_err(add(store, dump, "{\"analyzer\": \"a\", \"code\": \"c\", \"severity\": null}"),
		   ERR_INVALID);
	assert_ok(add(store, dump,
		      "{\"analyzer\": \"a\", \"code\": \"nobody.knows\", \"severity\": "
		      "\"info\", \"place\": \"crash\", \"confidence\": 7}"));
	assert_ok(add(store, dump,
		      "{\"analyzer\": \"a\", \"code\": \"crash\", \"severity\": "
		      "\"info\", \"place\": \"\", \"confidence\": \"x\", "
		      "\"evidence\": [1]}"));
	ck_assert_int_eq(number(store, "SELECT count(*) FROM finding WHERE place IS NULL"), 1);
	ck_assert_int_eq(number(store, "SELECT count(*) FROM finding WHERE place = 'crash'"), 1);
	ck_assert_int_eq(number(store, "SELECT count(*) FROM finding WHERE evidence IS NULL"), 2);
	ck_assert_int_eq(number(store, "SELECT max(confidence) FROM finding"), 1);
	store_close(store);
}
END_TEST

START_TEST(verdict_replaces_the_one_before)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	int64_t dump = put(store, "u1", NULL, 1);
	put_verdict(store, dump, "first");
	put_verdict(store, dump, "second");
	ck_assert_int_eq(number(store, "SELECT count(*) FROM verdict"), 1);
	ck_assert_int_eq(number(store, "SELECT count(*) FROM verdict WHERE headline = 'second' AND "
				       "fuzzy = '[\"panic in f\"]' AND because IS NULL"),
			 1);
	store_close(store);
}
END_TEST

START_TEST(what_hangs_on_a_dump_goes_with_it)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	int64_t dump = put(store, "u1", NULL, 1);
	assert_ok(add(store, dump, good));
	put_verdict(store, dump, "x");
	struct err *err = add(store, dump + 1, good);
	ck_assert_ptr_nonnull(err);
	err_free(err);
	assert_ok(db_exec(store_db(store), "DELETE FROM dump"));
	ck_assert_int_eq(number(store, "SELECT count(*) FROM finding"), 0);
	ck_assert_int_eq(number(store, "SELECT count(*) FROM verdict"), 0);
	store_close(store);
}
END_TEST

/* Evidence is held for the dump that was cleared last, by its findings' numbers, and given out once. */
START_TEST(evidence_is_held_when_asked_for)
{
	static const char none[] =
		"{\"analyzer\": \"a\", \"code\": \"b\", \"severity\": \"info\", \"evidence\": 7}";
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	int64_t dump = put(store, "u1", NULL, 1);
	assert_ok(add(store, dump, good));
	ck_assert_ptr_null(store_take_evidence(store, dump, 1));
	store_hold_evidence(store);
	assert_ok(store_clear(store, dump));
	assert_ok(add(store, dump, none));
	assert_ok(add(store, dump, good));
	ck_assert_ptr_null(store_take_evidence(store, dump, 1));
	ck_assert_ptr_null(store_take_evidence(store, dump, 0));
	ck_assert_ptr_null(store_take_evidence(store, dump, 3));
	ck_assert_ptr_null(store_take_evidence(store, dump + 1, 2));
	_json_ json_t *evidence = store_take_evidence(store, dump, 2);
	ck_assert_str_eq(json_string_value(json_object_get(evidence, "kind")), "bug");
	ck_assert_ptr_null(store_take_evidence(store, dump, 2));
	store_close(store);
}
END_TEST

UNIT_MAIN("store", made_from_nothing_and_opened_again, migrated_from_every_earlier_version,
	  views_are_made_anew_when_their_text_changed, version_of_a_newer_program_is_refused,
	  readers_write_and_create_nothing, what_is_no_database_is_corrupt,
	  damaged_database_is_corrupt, one_row_for_one_uid, findings_are_numbered_and_cleared,
	  findings_are_taken_with_care, verdict_replaces_the_one_before,
	  what_hangs_on_a_dump_goes_with_it, evidence_is_held_when_asked_for)
