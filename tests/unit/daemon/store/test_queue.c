/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "rules/db.h"
#include "daemon/store/queue.h"
#include "daemon/store/store.h"
#include "daemon/store/verdict_row.h"

struct fixture {
	struct store *store;
	struct db *db;
};

static void set_up(struct fixture *f)
{
	assert_ok(store_open(":memory:", 0, &f->store));
	f->db = store_db(f->store);
}

static void tear_down(struct fixture *f)
{
	store_close(f->store);
}

/* A dump named by a letter, in /spool/<letter>/vmcore. */
static int64_t add(struct fixture *f, char letter, uint64_t inode, int64_t crash_time)
{
	char uid[IDENTITY_UID_SIZE], path[64], directory[64];
	int64_t dump;

	memset(uid, letter, sizeof(uid) - 1);
	uid[sizeof(uid) - 1] = '\0';
	snprintf(path, sizeof(path), "/spool/%c/vmcore", letter);
	snprintf(directory, sizeof(directory), "/spool/%c", letter);
	struct queue_file file = {.id = {.device = 1, .inode = inode, .size = 100, .mtime_ns = 5},
				  .path = path,
				  .directory = directory,
				  .layout = "rhel",
				  .format = "kdump",
				  .crash_time = crash_time};
	assert_ok(store_put_dump(f->store,
				 &(struct dump_row){.uid = uid, .path = path, .size = 100}, &dump));
	assert_ok(queue_add(f->db, dump, &file, 1000));
	return dump;
}

static const char *state_of(struct fixture *f, int64_t dump)
{
	static char state[32];
	struct stmt *stmt;
	bool row;

	assert_ok(db_query(f->db, &stmt,
			   "SELECT state || iif(removed_at IS NULL, '', '-gone') FROM job "
			   "WHERE dump = ?",
			   "i", dump));
	assert_ok(stmt_step(stmt, &row));
	ck_assert(row);
	snprintf(state, sizeof(state), "%s", stmt_text(stmt, 0));
	stmt_reset(stmt);
	return state;
}

static int64_t next(struct fixture *f, int64_t now)
{
	struct queue_job job = {0};
	bool found;

	assert_ok(queue_next(f->db, now, &job, &found));
	int64_t dump = found ? job.dump : 0;
	queue_job_deinit(&job);
	return dump;
}

static int64_t number(struct fixture *f, const char *sql)
{
	int64_t value = -1;

	assert_ok(db_number(f->db, &value, sql, ""));
	return value;
}

static const struct verdict_row verdict = {.cause = (char *)"unknown",
					   .headline = (char *)"h",
					   .severity = (char *)"warning",
					   .confidence = 0.5};

START_TEST(newest_crash_first)
{
	struct fixture f;

	set_up(&f);
	int64_t old = add(&f, 'a', 1, 100), newest = add(&f, 'b', 2, 300),
		middle = add(&f, 'c', 3, 200);
	ck_assert_int_eq(next(&f, 0), newest);
	assert_ok(queue_start(f.db, newest, 1));
	ck_assert_int_eq(next(&f, 0), middle);
	assert_ok(queue_start(f.db, middle, 1));
	ck_assert_int_eq(next(&f, 0), old);
	assert_ok(queue_start(f.db, old, 1));
	ck_assert_int_eq(next(&f, 0), 0);
	tear_down(&f);
}
END_TEST

START_TEST(one_retry_then_quarantine)
{
	struct fixture f;
	int64_t delay;

	set_up(&f);
	int64_t dump = add(&f, 'a', 1, 100);
	assert_ok(queue_start(f.db, dump, 1));
	assert_ok(queue_finish(f.db, dump, true, &verdict, 50));
	ck_assert_str_eq(state_of(&f, dump), "failed");
	ck_assert_int_eq(next(&f, 50 + QUEUE_RETRY_S - 1), 0);
	assert_ok(queue_retry_delay(f.db, 50, &delay));
	ck_assert_int_eq(delay, QUEUE_RETRY_S);
	ck_assert_int_eq(next(&f, 50 + QUEUE_RETRY_S), dump);
	assert_ok(queue_start(f.db, dump, 90));
	assert_ok(queue_finish(f.db, dump, true, &verdict, 91));
	ck_assert_str_eq(state_of(&f, dump), "quarantined");
	ck_assert_int_eq(next(&f, 1000000), 0);
	assert_ok(queue_retry_delay(f.db, 50, &delay));
	ck_assert_int_eq(delay, -1);
	/* a person may ask for it */
	assert_ok(queue_retry(f.db, dump, 95));
	ck_assert_int_eq(next(&f, 95), dump);
	assert_ok(queue_start(f.db, dump, 96));
	assert_ok(queue_finish(f.db, dump, false, &verdict, 97));
	ck_assert_str_eq(state_of(&f, dump), "done");
	assert_err(queue_retry(f.db, 4711, 1), ERR_NOT_FOUND);
	tear_down(&f);
}
END_TEST

START_TEST(what_waits_for_room_holds_up_nobody)
{
	struct fixture f;
	int64_t delay, waiting;

	set_up(&f);
	int64_t packed = add(&f, 'a', 1, 200), other = add(&f, 'b', 2, 100);
	ck_assert_int_eq(next(&f, 10), packed);
	assert_ok(queue_start(f.db, packed, 10));
	assert_ok(queue_wait(f.db, packed, 40, 4096));
	ck_assert_str_eq(state_of(&f, packed), "queued");
	assert_ok(queue_waiting(f.db, &waiting));
	ck_assert_int_eq(waiting, 1);
	ck_assert_int_eq(next(&f, 39), other);
	assert_ok(queue_start(f.db, other, 39));
	ck_assert_int_eq(next(&f, 39), 0);
	assert_ok(queue_retry_delay(f.db, 39, &delay));
	ck_assert_int_eq(delay, 1);
	/* its turn comes, and a restart does not forget that it waited */
	ck_assert_int_eq(next(&f, 40), packed);
	assert_ok(queue_start(f.db, packed, 40));
	assert_ok(queue_waiting(f.db, &waiting));
	ck_assert_int_eq(waiting, 0);
	assert_ok(queue_finish(f.db, packed, false, &verdict, 41));
	assert_ok(queue_retry_delay(f.db, 41, &delay));
	ck_assert_int_eq(delay, -1);
	tear_down(&f);
}
END_TEST

START_TEST(a_dump_seen_twice_is_one_dump)
{
	struct fixture f;
	bool known;

	set_up(&f);
	int64_t dump = add(&f, 'a', 1, 100);
	ck_assert_int_eq(add(&f, 'a', 2, 100), dump); /* a copy: another inode, the same uid */
	ck_assert_int_eq(number(&f, "SELECT count(*) FROM job"), 1);
	ck_assert_int_eq(number(&f, "SELECT count(*) FROM spool_file"), 2);
	assert_ok(queue_knows(f.db, 1, 2, 100, 5, "/spool/a/vmcore", &known));
	ck_assert(known);
	assert_ok(queue_knows(f.db, 1, 2, 101, 5, "/spool/a/vmcore", &known));
	ck_assert(!known);
	assert_ok(queue_knows(f.db, 1, 2, 100, 5, "/spool/b/vmcore", &known));
	ck_assert(!known);
	/* done stays done, however often it is seen */
	assert_ok(queue_start(f.db, dump, 1));
	assert_ok(queue_finish(f.db, dump, false, &verdict, 2));
	add(&f, 'a', 3, 100);
	ck_assert_str_eq(state_of(&f, dump), "done");
	tear_down(&f);
}
END_TEST

START_TEST(files_that_go_and_come_back)
{
	struct fixture f;
	const struct queue_key second = {1, 2};

	set_up(&f);
	int64_t dump = add(&f, 'a', 1, 100);
	add(&f, 'a', 2, 100);
	assert_ok(queue_keep_only(f.db, "/spool/a", &second, 1, 7));
	ck_assert_str_eq(state_of(&f, dump), "queued"); /* its copy is there */
	assert_ok(queue_keep_only(f.db, "/spool/a", NULL, 0, 8));
	ck_assert_str_eq(state_of(&f, dump), "removed-gone");
	ck_assert_int_eq(next(&f, 10), 0);
	add(&f, 'a', 9, 100);
	ck_assert_str_eq(state_of(&f, dump), "queued");
	/* a verdict outlives its file */
	assert_ok(queue_start(f.db, dump, 1));
	assert_ok(queue_finish(f.db, dump, false, &verdict, 2));
	assert_ok(queue_gone(f.db, "/spool", 9));
	ck_assert_str_eq(state_of(&f, dump), "done-gone");
	assert_err(queue_retry(f.db, dump, 1), ERR_INVALID);
	/* and its row goes only when someone says so */
	int64_t pruned;
	assert_ok(queue_prune(f.db, 9, &pruned));
	ck_assert_int_eq(pruned, 0);
	assert_ok(queue_prune(f.db, 10, &pruned));
	ck_assert_int_eq(pruned, 1);
	ck_assert_int_eq(number(&f, "SELECT (SELECT count(*) FROM job) + "
				    "(SELECT count(*) FROM export)"),
			 0);
	tear_down(&f);
}
END_TEST

START_TEST(a_directory_takes_along_what_is_below_and_nothing_beside)
{
	struct fixture f;

	set_up(&f);
	int64_t a = add(&f, 'a', 1, 100), b = add(&f, 'b', 2, 100);
	assert_ok(queue_gone(f.db, "/spool/a", 5));
	ck_assert_str_eq(state_of(&f, a), "removed-gone");
	ck_assert_str_eq(state_of(&f, b), "queued");
	assert_ok(queue_gone(f.db, "/spoo", 5));
	ck_assert_str_eq(state_of(&f, b), "queued");
	assert_ok(queue_gone(f.db, "/spool", 5));
	ck_assert_str_eq(state_of(&f, b), "removed-gone");
	tear_down(&f);
}
END_TEST

START_TEST(an_inode_with_new_contents_is_another_dump)
{
	struct fixture f;

	set_up(&f);
	int64_t a = add(&f, 'a', 1, 100);
	int64_t b = add(&f, 'b', 1, 100);
	ck_assert_int_ne(a, b);
	ck_assert_str_eq(state_of(&f, a), "removed-gone");
	ck_assert_str_eq(state_of(&f, b), "queued");
	tear_down(&f);
}
END_TEST

static int64_t dump_of_log(struct fixture *f, uint64_t inode, uint64_t size, int64_t mtime_ns,
			   const char *path)
{
	int64_t dump = -1;

	assert_ok(queue_dump_of_log(f->db, 1, inode, size, mtime_ns, path, &dump));
	return dump;
}

START_TEST(a_log_of_which_more_comes_is_the_same)
{
	const struct queue_file more = {.id = {.device = 1, .inode = 2, .size = 7, .mtime_ns = 6},
					.path = "/spool/a/console.log.1",
					.directory = "/spool/a"};
	struct fixture f;

	set_up(&f);
	int64_t dump = add(&f, 'a', 1, 100);
	assert_ok(queue_add_file(f.db, dump, &more, 1000));
	/* as it was, wherever it lies now; or grown where it lay */
	ck_assert_int_eq(dump_of_log(&f, 1, 100, 5, "/spool/a/console.log.2"), dump);
	ck_assert_int_eq(dump_of_log(&f, 2, 8, 7, "/spool/a/console.log.1"), dump);
	/* an inode that is used again */
	ck_assert_int_eq(dump_of_log(&f, 2, 8, 7, "/spool/b/console.log"), 0);
	ck_assert_int_eq(dump_of_log(&f, 2, 3, 9, "/spool/a/console.log.1"), 0);
	ck_assert_int_eq(dump_of_log(&f, 9, 7, 6, "/spool/a/console.log.1"), 0);
	/* it lives as long as one of its files */
	assert_ok(queue_keep_only(f.db, "/spool/a", (struct queue_key[]){{1, 2}}, 1, 2000));
	ck_assert_str_eq(state_of(&f, dump), "queued");
	ck_assert_int_eq(number(&f, "SELECT path = '/spool/a/console.log.1' FROM dump"), 1);
	assert_ok(queue_keep_only(f.db, "/spool/a", NULL, 0, 2000));
	ck_assert_str_eq(state_of(&f, dump), "removed-gone");
	tear_down(&f);
}
END_TEST

START_TEST(interrupted_jobs_come_back_but_not_for_ever)
{
	struct fixture f;
	int64_t count, poisoned;

	set_up(&f);
	int64_t bad = add(&f, 'a', 1, 300), good = add(&f, 'b', 2, 100);
	for (int i = 0; i <= QUEUE_INTERRUPTIONS_MAX; i++) {
		assert_ok(queue_start(f.db, bad, 1));
		assert_ok(queue_recover(f.db, true, &count));
		ck_assert_int_eq(count, 1);
		ck_assert_int_eq(next(&f, 1), good); /* it no longer stands before the others */
		assert_ok(queue_next_poisoned(f.db, &poisoned));
		ck_assert_int_eq(poisoned, i == QUEUE_INTERRUPTIONS_MAX ? bad : 0);
	}
	assert_ok(queue_start(f.db, good, 1));
	assert_ok(queue_recover(f.db, false, &count)); /* the store's fault, not the dump's */
	ck_assert_int_eq(number(&f, "SELECT sum(interruptions) FROM job"),
			 QUEUE_INTERRUPTIONS_MAX + 1);
	ck_assert_int_eq(next(&f, 1), good);
	tear_down(&f);
}
END_TEST

START_TEST(export_numbers_only_grow)
{
	struct fixture f;

	set_up(&f);
	int64_t a = add(&f, 'a', 1, 100), b = add(&f, 'b', 2, 100);
	assert_ok(queue_start(f.db, a, 1));
	assert_ok(queue_finish(f.db, a, false, &verdict, 2));
	assert_ok(queue_start(f.db, b, 1));
	assert_ok(queue_finish(f.db, b, false, &verdict, 2));
	ck_assert_int_eq(number(&f, "SELECT max(seq) FROM export"), 2);
	/* the last number is gone for good, even when its row is */
	assert_ok(queue_start(f.db, b, 1));
	ck_assert_int_eq(number(&f, "SELECT max(seq) FROM export"), 1);
	assert_ok(queue_finish(f.db, b, false, &verdict, 3));
	ck_assert_int_eq(number(&f, "SELECT max(seq) FROM export"), 3);
	ck_assert_int_eq(number(&f, "SELECT count(*) FROM export"), 2);
	tear_down(&f);
}
END_TEST

START_TEST(reports_are_due_once)
{
	struct fixture f;
	bool told = true;
	int64_t due;

	set_up(&f);
	int64_t a = add(&f, 'a', 1, 100);
	assert_ok(queue_next_report(f.db, &due, &told));
	ck_assert_int_eq(due, 0);
	assert_ok(queue_start(f.db, a, 1));
	assert_ok(queue_finish(f.db, a, false, &verdict, 2));
	assert_ok(queue_next_report(f.db, &due, &told));
	ck_assert_int_eq(due, a);
	ck_assert(!told);
	assert_ok(queue_report_done(f.db, a));
	assert_ok(queue_next_report(f.db, &due, &told));
	ck_assert_int_eq(due, 0);
	_json_ json_t *counts = NULL;
	assert_ok(queue_counts(f.db, &counts));
	ck_assert_int_eq(json_integer_value(json_object_get(counts, "done")), 1);
	tear_down(&f);
}
END_TEST

START_TEST(putting_back_and_vanishing)
{
	struct fixture f;

	set_up(&f);
	int64_t a = add(&f, 'a', 1, 100);
	assert_ok(queue_start(f.db, a, 1));
	ck_assert_str_eq(state_of(&f, a), "running");
	assert_ok(queue_put_back(f.db, a));
	ck_assert_str_eq(state_of(&f, a), "queued");
	assert_ok(queue_vanished(f.db, a, 3));
	ck_assert_str_eq(state_of(&f, a), "removed-gone");
	tear_down(&f);
}
END_TEST

UNIT_MAIN("queue", newest_crash_first, one_retry_then_quarantine,
	  what_waits_for_room_holds_up_nobody, a_dump_seen_twice_is_one_dump,
	  files_that_go_and_come_back, a_directory_takes_along_what_is_below_and_nothing_beside,
	  an_inode_with_new_contents_is_another_dump, a_log_of_which_more_comes_is_the_same,
	  interrupted_jobs_come_back_but_not_for_ever, export_numbers_only_grow,
	  reports_are_due_once, putting_back_and_vanishing)
