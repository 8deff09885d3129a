/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "daemon/store/metrics.h"
#include "daemon/store/queue.h"
#include "daemon/store/store.h"
#include "daemon/store/verdict_row.h"

#define NOW 1772409600

static struct store *opened(void)
{
	struct store *store;

	assert_ok(store_open(":memory:", 0, &store));
	return store;
}

static int64_t add(struct store *store, const char *cause, const char *severity, int64_t crash_time)
{
	static int number;
	const struct verdict_row row = {.cause = (char *)cause,
					.severity = (char *)severity,
					.headline = (char *)"h",
					.crash_time = crash_time};
	char uid[32];
	int64_t dump;

	snprintf(uid, sizeof(uid), "u%d", number++);
	assert_ok(store_put_dump(store, &(struct dump_row){.uid = uid}, &dump));
	assert_ok(queue_put_finished(store_db(store), dump, &row, NOW - 60, NOW - 60));
	return dump;
}

static char *metrics(const json_t *status, struct store *store)
{
	struct str out = {0};

	assert_ok(metrics_put(status, store ? store_db(store) : NULL, NOW, &out));
	return str_take(&out);
}

/* A line of its own. */
static bool has(const char *text, const char *line)
{
	_free_ char *whole = NULL;

	ck_assert_int_gt(asprintf(&whole, "\n%s\n", line), 0);
	return strstr(text, whole);
}

static size_t series(const char *text)
{
	size_t count = 0;

	for (; text && *text; text = strchr(text, '\n') + 1)
		count += *text != '#';
	return count;
}

START_TEST(verdicts_by_words_that_are_known)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	_free_ char *empty = metrics(NULL, store);

	add(store, "deadlock", "critical", NOW - 1000);
	add(store, "deadlock", "critical", NOW - 500);
	add(store, "hang", "warning", NOW - 2000);
	add(store, "a_site's\n\"own\" 1", "notice", NOW - 9);
	add(store, "a_site's own 2", "strange", NOW - 9);
	_free_ char *text = metrics(NULL, store);

	ck_assert(has(text, "triage_verdicts{cause=\"deadlock\"} 2"));
	ck_assert(has(text, "triage_verdicts{cause=\"divide_error\"} 0"));
	ck_assert(has(text, "triage_verdicts{cause=\"other\"} 2"));
	ck_assert(has(text, "triage_verdicts_by_severity{severity=\"critical\"} 2"));
	ck_assert(has(text, "triage_verdicts_by_severity{severity=\"info\"} 0"));
	ck_assert(has(text, "triage_dumps{state=\"done\"} 5"));
	ck_assert(has(text, "triage_daemon_up 0"));
	ck_assert_ptr_null(strstr(text, "own\\\""));
	/* Those of the last crashes and of the last verdict came, and nothing else. */
	ck_assert_uint_eq(series(text), series(empty) + 3 + 1);
}
END_TEST

START_TEST(last_crash_is_none_of_the_future)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();

	add(store, "hang", "critical", NOW - 500);
	add(store, "hang", "critical", NOW + 500);
	add(store, "hang", "critical", INT64_MAX);
	add(store, "hang", "warning", INT64_MIN);
	_free_ char *text = metrics(NULL, store);

	ck_assert(
		has(text, "triage_last_crash_timestamp_seconds{severity=\"critical\"} 1772409100"));
	ck_assert_ptr_null(strstr(text, "crash_timestamp_seconds{severity=\"warning\"}"));
	ck_assert(has(text, "triage_last_verdict_timestamp_seconds 1772409540"));
}
END_TEST

/* A file that was found, and waits. */
static void add_waiting(struct store *store, const char *uid, int64_t found_at)
{
	static uint64_t inode;
	const struct queue_file file = {
		.id.inode = ++inode, .path = "/var/crash/1/vmcore", .directory = "/var/crash/1"};
	int64_t dump;

	assert_ok(store_put_dump(store, &(struct dump_row){.uid = uid}, &dump));
	assert_ok(queue_add(store_db(store), dump, &file, found_at));
}

START_TEST(what_waits)
{
	_cleanup_(cleanup_store_close) struct store *store = opened();
	_free_ char *none = metrics(NULL, store);

	ck_assert(has(none, "triage_oldest_waiting_dump_age_seconds 0"));
	add_waiting(store, "before the clock was set back", NOW + 3600);
	_free_ char *future = metrics(NULL, store);
	ck_assert(has(future, "triage_oldest_waiting_dump_age_seconds 0"));
	add_waiting(store, "w", NOW - 7200);
	_free_ char *text = metrics(NULL, store);
	ck_assert(has(text, "triage_oldest_waiting_dump_age_seconds 7200"));
	ck_assert(has(text, "triage_dumps{state=\"queued\"} 2"));
}
END_TEST

START_TEST(labels_are_escaped_and_series_told_once)
{
	_json_ json_t *status =
		json_pack("{s:s, s:i, s:{s:[{s:s, s:b}, {s:s, s:b}, {s:s, s:b}, {s:b}]}}", "store",
			  "disk full", "uptime_s", 100, "spool", "roots", "path",
			  "/a \"b\"\\\n\xc3\xa4", "present", 0, "path", "/var/crash", "present", 1,
			  "path", "/var/crash", "present", 1, "present", 1);
	_free_ char *text = metrics(status, NULL);
	const char *first;

	ck_assert_ptr_nonnull(status);
	/* The backslash of the path, those of the bytes that are no ASCII, and the quotes each have one before them. */
	ck_assert(has(text,
		      "triage_spool_present{path=\"/a \\\"b\\\"\\\\\\\\x0a\\\\xc3\\\\xa4\"} 0"));
	first = strstr(text, "{path=\"/var/crash\"} 1\n");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_null(strstr(first + 1, "{path=\"/var/crash\"}"));
	ck_assert(has(text, "triage_store_usable 0"));
	ck_assert(has(text, "triage_daemon_up 1"));
	ck_assert(has(text, "triage_daemon_start_time_seconds 1772409500"));
	ck_assert_ptr_null(strstr(text, "triage_dumps"));
}
END_TEST

UNIT_MAIN("metrics", verdicts_by_words_that_are_known, last_crash_is_none_of_the_future, what_waits,
	  labels_are_escaped_and_series_told_once)
