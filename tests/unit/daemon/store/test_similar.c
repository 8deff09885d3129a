/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "daemon/store/queue.h"
#include "daemon/store/similar.h"
#include "daemon/store/verdict_row.h"

struct fixture {
	struct store *store;
	int64_t time;
};

static void set_up(struct fixture *f)
{
	*f = (struct fixture){.time = 1000};
	assert_ok(store_open(":memory:", 0, &f->store));
}

static void tear_down(struct fixture *f)
{
	store_close(f->store);
}

/* Each a second later than the one before; strings but the headline may be NULL. */
static int64_t add(struct fixture *f, const char *signature, const char *title,
		   const char *function, const char *module)
{
	const struct verdict_row row = {.cause = (char *)"unknown",
					.severity = (char *)"warning",
					.headline = (char *)"h",
					.signature = (char *)signature,
					.function = (char *)function,
					.module = (char *)module,
					.crash_time = ++f->time};
	struct verdict verdict = {
		.cause = row.cause, .severity = row.severity, .headline = row.headline};
	_json_ json_t *fuzzy = title ? json_pack("[s]", title) : NULL;
	char uid[32];
	int64_t dump;

	snprintf(uid, sizeof(uid), "u%d", (int)f->time);
	assert_ok(store_put_dump(f->store, &(struct dump_row){.uid = uid}, &dump));
	assert_ok(store_put_verdict(f->store, dump, &verdict,
				    &(struct verdict_meta){.signature = signature,
							   .fuzzy = fuzzy,
							   .tool_version = "0"}));
	assert_ok(queue_put_finished(store_db(f->store), dump, &row, 1, 1));
	return dump;
}

static json_t *find(struct fixture *f, int64_t dump, int64_t limit)
{
	_json_ json_t *parts = NULL;
	json_t *rows = NULL;

	assert_ok(similar_parts(f->store, dump, &parts));
	assert_ok(similar_find(f->store, dump, parts, limit, &rows));
	return rows;
}

/* "3 signature=s title=t, 4 module=m" */
static void expect(struct fixture *f, int64_t dump, const char *words)
{
	_json_ json_t *rows = find(f, dump, 0);
	_str_ struct str text = {0};
	json_t *row, *share;
	size_t i, j;

	str_puts(&text, "");
	json_array_foreach (rows, i, row) {
		str_printf(&text, "%s%d", i ? ", " : "", (int)json_integer_at(row, "id"));
		json_array_foreach (json_at(row, "shares"), j, share)
			str_printf(&text, " %s=%s", json_string_at(share, "part"),
				   json_string_at(share, "value"));
	}
	ck_assert_str_eq(text.data, words);
}

START_TEST(the_nearest_first)
{
	struct fixture f;

	set_up(&f);
	int64_t one = add(&f, "s", "bug in f", "f", "m"); /* 1 */
	add(&f, "t", "bug in g", "g", "m");
	add(&f, "u", "oops in f", "f", NULL);
	add(&f, "v", "bug in f", "inlined", NULL);
	add(&f, "s", NULL, NULL, NULL);
	add(&f, "w", "bug in h", "h", "other"); /* 6: nothing */
	add(&f, "s", "bug in f", "f", "m");
	expect(&f, one,
	       "7 signature=s title=bug in f function=f module=m, 5 signature=s, 4 title=bug in f, "
	       "3 function=f, 2 module=m");
	expect(&f, 6, "");
	_json_ json_t *two = find(&f, one, 2);
	ck_assert_uint_eq(json_array_size(two), 2);
	tear_down(&f);
}
END_TEST

/* That two of them are not known makes them no more alike. */
START_TEST(nothing_is_no_part)
{
	struct fixture f;
	_json_ json_t *parts = NULL;

	set_up(&f);
	int64_t a = add(&f, NULL, NULL, NULL, NULL);
	add(&f, NULL, NULL, NULL, NULL);
	expect(&f, a, "");
	assert_err(similar_parts(f.store, 4711, &parts), ERR_NOT_FOUND);
	tear_down(&f);
}
END_TEST

START_TEST(of_a_long_history_the_end)
{
	struct fixture f;

	set_up(&f);
	add(&f, "other", "bug in f", "f", NULL); /* 1: too long ago for its title */
	add(&f, "s", "bug in f", "f", NULL);	 /* 2: but not for its signature */
	assert_ok(
		db_run(store_db(f.store),
		       "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n LIMIT ?) "
		       "INSERT INTO dump (id, uid) SELECT i, 'x' || i FROM n",
		       "i", (int64_t)SIMILAR_LOOKED_AT));
	assert_ok(db_run(store_db(f.store),
			 "INSERT INTO job (dump, state, crash_time, found_at) "
			 "SELECT id, 'done', 2000, 1 FROM dump WHERE id >= 100",
			 ""));
	f.time = 3000;
	int64_t last = add(&f, "s", "bug in f", "f", NULL);
	expect(&f, last, "2 signature=s title=bug in f function=f");
	tear_down(&f);
}
END_TEST

UNIT_MAIN("similar", the_nearest_first, nothing_is_no_part, of_a_long_history_the_end)
