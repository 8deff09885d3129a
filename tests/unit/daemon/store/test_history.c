/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "daemon/store/history.h"
#include "daemon/store/queue.h"
#include "daemon/store/verdict_row.h"

#define DAY 86400
#define MARCH 1772409600 /* 2026-03-02 00:00 UTC */

static struct store *opened(void)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	return store;
}

/* A crash with a verdict; strings may be NULL. */
static int64_t add(struct store *store, const char *signature, const char *host, const char *kernel,
		   int64_t crash_time)
{
	static int number;
	const struct verdict_row row = {.cause = (char *)"unknown",
					.severity = (char *)"warning",
					.headline = (char *)"h",
					.signature = (char *)signature,
					.host = (char *)host,
					.kernel = (char *)kernel,
					.crash_time = crash_time};
	char uid[32];
	int64_t dump;

	snprintf(uid, sizeof(uid), "u%d", number++);
	assert_ok(store_put_dump(store, &(struct dump_row){.uid = uid}, &dump));
	assert_ok(queue_put_finished(store_db(store), dump, &row, 1, 1));
	return dump;
}

static void expect(struct store *store, int64_t dump, const char *text)
{
	_history_ struct history history = {0};
	_str_ struct str out = {0};

	assert_ok(history_read(store, dump, &history));
	history_put(&history, true, &out);
	ck_assert_str_eq(out.data ? out.data : "", text);
}

START_TEST(first_and_twelfth)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	int64_t first = add(store, "s", "db1", "6.1.0-37", MARCH), last = 0;

	add(store, "other", "db1", "5.10", MARCH - DAY);
	for (int i = 1; i < 12; i++)
		last = add(store, "s", "db1", "6.1.0-40", MARCH + i * DAY);
	expect(store, first, "not seen before");
	expect(store, last, "12th time on this host since 2026-03-02, first on 6.1.0-37");
	expect(store, last - 1, "11th time on this host since 2026-03-02, first on 6.1.0-37");
	expect(store, first + 2, "2nd time on this host since 2026-03-02, first on 6.1.0-37");
}
END_TEST

START_TEST(other_hosts_and_none)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();

	add(store, "s", "db1", "6.1.0-37", MARCH);
	int64_t elsewhere = add(store, "s", "db2", "6.1.0-37", MARCH + DAY);
	int64_t again = add(store, "s", "db2", "6.1.0-37", MARCH + 2 * DAY);
	int64_t nowhere = add(store, "s", NULL, NULL, MARCH + 3 * DAY);
	int64_t none = add(store, NULL, "db1", "6.1.0-37", MARCH + 4 * DAY);

	expect(store, elsewhere,
	       "1st time on this host, 2nd in all since 2026-03-02, first on 6.1.0-37");
	expect(store, again,
	       "2nd time on this host since 2026-03-03, 3rd in all since 2026-03-02, first on "
	       "6.1.0-37");
	expect(store, nowhere, "4th time since 2026-03-02, first on 6.1.0-37");
	expect(store, none, "");
	expect(store, 4711, "");
}
END_TEST

/* By the time of the crash, not of the analysis; of one second, by the dump's number. */
START_TEST(order_is_that_of_the_crashes)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	int64_t later = add(store, "s", "h", "k", MARCH + DAY),
		first = add(store, "s", "h", "k", MARCH), same = add(store, "s", "h", "k", MARCH);
	_history_ struct history history = {0};

	expect(store, first, "not seen before");
	expect(store, same, "2nd time on this host since 2026-03-02, first on k");
	assert_ok(history_read(store, later, &history));
	ck_assert_int_eq(history.number, 3);
	ck_assert_int_eq(history.before, same);
	ck_assert_int_eq(history.before_s, MARCH);
	ck_assert_int_eq(history.after, 0);
	history_deinit(&history);
	assert_ok(history_read(store, first, &history));
	ck_assert_int_eq(history.after, 2);
	ck_assert_int_eq(history.before, 0);
	ck_assert_ptr_null(history.before_uid);
}
END_TEST

START_TEST(counting_ends)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	int64_t last = 0;

	for (int i = 0; i < HISTORY_MAX + 3; i++)
		last = add(store, "s", "h", "k", MARCH + i);
	expect(store, last, "at least 1000th time on this host since 2026-03-02, first on k");
	expect(store, last - 4, "999th time on this host since 2026-03-02, first on k");
}
END_TEST

START_TEST(as_json)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	_history_ struct history history = {0};

	add(store, "s", NULL, "k1", MARCH);
	int64_t second = add(store, "s", "h", "k2", MARCH + DAY);
	assert_ok(history_read(store, second, &history));
	_json_ json_t *json = history_json(&history);
	ck_assert_int_eq(json_integer_at(json, "number"), 2);
	ck_assert_int_eq(json_integer_at(json, "on_host"), 1);
	ck_assert_int_eq(json_integer_at(json, "after"), 0);
	ck_assert_str_eq(json_string_at(json, "first_time"), "2026-03-02T00:00:00Z");
	ck_assert_str_eq(json_string_at(json, "host_first_time"), "2026-03-03T00:00:00Z");
	ck_assert_str_eq(json_string_at(json, "before_time"), "2026-03-02T00:00:00Z");
	ck_assert_str_eq(json_string_at(json, "first_kernel"), "k1");
	history_deinit(&history);
	_json_ json_t *none = history_json(&history);
	ck_assert(json_is_null(none));
}
END_TEST

UNIT_MAIN("history", first_and_twelfth, other_hosts_and_none, order_is_that_of_the_crashes,
	  counting_ends, as_json)
