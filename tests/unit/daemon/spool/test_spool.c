/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/spool/pending.h"
#include "daemon/spool/snapshot.h"
#include "daemon/spool/spool_path.h"
#include "daemon/spool/spool.h"

/* --- a spool on disk, and what was seen of it --- */

struct fixture {
	char top[64];
	struct config *config;
	struct loop *loop;
	struct spool *spool;
	char seen[4096]; /* "name " for each finished dump, in the order of arrival */
	char gone[4096];
	int completes;
	struct timer stop;
	const char *wanted; /* stop when this has been seen */
};

static bool never_known(void *context, const struct spool_entry *entry, const char *path)
{
	(void)entry;
	struct fixture *f = context;
	const char *name = strstr(path, f->top) ? path + strlen(f->top) + 1 : path;

	return strstr(f->seen, name); /* as the store would: once seen it is known */
}

static void on_scanned(void *context, const struct spool_scan *scan)
{
	struct fixture *f = context;

	for (size_t i = 0; i < scan->count; i++) {
		if (scan->files[i].known)
			continue;
		strcat(f->seen, scan->files[i].path + strlen(f->top) + 1);
		strcat(f->seen, scan->files[i].incomplete ? "! " : " ");
	}
	if (f->wanted && strstr(f->seen, f->wanted))
		loop_stop(f->loop);
}

static void on_gone(void *context, const char *directory)
{
	struct fixture *f = context;

	strcat(f->gone, directory + MIN(strlen(f->top), strlen(directory)));
	strcat(f->gone, " ");
	if (f->wanted && strstr(f->gone, f->wanted))
		loop_stop(f->loop);
}

static void on_complete(void *context)
{
	struct fixture *f = context;

	f->completes++;
	if (!f->wanted)
		loop_stop(f->loop);
}

static void on_stop(void *context)
{
	loop_stop(context);
}

static void set_up(struct fixture *f, const char *settings)
{
	char text[512];

	memset(f, 0, sizeof(*f));
	strcpy(f->top, "/tmp/spool-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(f->top));
	snprintf(text, sizeof(text), "spool = %s\n%s", f->top, settings);
	assert_ok(config_parse(text, "test", &f->config));
	assert_ok(loop_create(&f->loop));
}

static void start(struct fixture *f)
{
	struct spool_events events = {never_known, on_scanned, on_gone, on_complete, f};

	assert_ok(spool_create(f->loop, f->config, &events, &f->spool));
}

/* Run until wanted is seen (NULL: a whole scan is done), or for so long. */
static void run_for(struct fixture *f, const char *wanted, int ms)
{
	f->wanted = wanted;
	f->stop = (struct timer){.run = on_stop, .context = f->loop};
	timer_set(f->loop, &f->stop, ms);
	assert_ok(loop_run(f->loop));
	timer_stop(f->loop, &f->stop);
}

static void tear_down(struct fixture *f)
{
	char command[128];

	spool_destroy(f->spool);
	loop_destroy(f->loop);
	config_free(f->config);
	snprintf(command, sizeof(command), "rm -rf %s", f->top);
	ck_assert_int_eq(system(command), 0);
}

/* Write a file below the spool, making its directory. "age" is how long ago, in seconds. */
static void put(struct fixture *f, const char *name, const void *data, size_t length, int age)
{
	char path[256], *slash;
	struct timespec times[2] = {0};

	snprintf(path, sizeof(path), "%s/%s", f->top, name);
	for (slash = path + strlen(f->top) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, length), (ssize_t)length);
	times[0].tv_sec = times[1].tv_sec = time(NULL) - age;
	if (age) /* else the clock's own, finer than a second */
		ck_assert_int_eq(futimens(fd, times), 0);
}

static void put_dump(struct fixture *f, const char *name, int age)
{
	/* flattened, with its end record: a whole dump as far as a spool can tell */
	char data[8192] = "makedumpfile";

	memset(data + sizeof(data) - 16, 0xff, 16);
	put(f, name, data, sizeof(data), age);
}

static void move(struct fixture *f, const char *from, const char *to)
{
	char a[256], b[256];

	snprintf(a, sizeof(a), "%s/%s", f->top, from);
	snprintf(b, sizeof(b), "%s/%s", f->top, to);
	ck_assert_int_eq(rename(a, b), 0);
}

/* --- spool --- */

START_TEST(what_lay_there_before_the_start_is_found)
{
	struct fixture f;

	set_up(&f, "");
	put_dump(&f, "127.0.0.1-2022-05-02-12:41:41/vmcore", 100);
	put_dump(&f, "nested/deep/127.0.0.1-2023-05-02-12:41:41/vmcore", 100);
	put_dump(&f, "1/2/3/4/5/127.0.0.1-2023-05-02-12:41:41/vmcore", 100); /* too deep */
	put_dump(&f, "flat.kdump", 100);
	put(&f, "notes.txt", "hello", 5, 100);
	start(&f);
	run_for(&f, NULL, 5000);
	ck_assert_ptr_nonnull(strstr(f.seen, "flat.kdump "));
	ck_assert_ptr_nonnull(strstr(f.seen, "127.0.0.1-2022-05-02-12:41:41/vmcore "));
	ck_assert_ptr_nonnull(strstr(f.seen, "nested/deep/127.0.0.1-2023-05-02-12:41:41/vmcore "));
	ck_assert_ptr_null(strstr(f.seen, "1/2/3"));
	ck_assert_ptr_null(strstr(f.seen, "notes"));
	tear_down(&f);
}
END_TEST

START_TEST(a_dump_written_slowly_is_taken_when_it_is_renamed)
{
	struct fixture f;

	set_up(&f, "settle_time = 300ms\nscan_interval = 1h");
	start(&f);
	run_for(&f, NULL, 5000);
	put_dump(&f, "127.0.0.1-2022-05-02-12:41:41/vmcore-incomplete", 0);
	run_for(&f, "vmcore", 800);
	ck_assert_str_eq(f.seen, "");
	move(&f, "127.0.0.1-2022-05-02-12:41:41/vmcore-incomplete",
	     "127.0.0.1-2022-05-02-12:41:41/vmcore");
	run_for(&f, "vmcore ", 5000);
	ck_assert_str_eq(f.seen, "127.0.0.1-2022-05-02-12:41:41/vmcore ");
	tear_down(&f);
}
END_TEST

START_TEST(without_a_sign_a_dump_is_taken_once_it_is_quiet)
{
	struct fixture f;
	int64_t began;

	set_up(&f, "settle_time = 700ms\nscan_interval = 1h");
	start(&f);
	run_for(&f, NULL, 5000);
	put(&f, "guest.flat", "makedumpfile", 12, 0); /* its end is yet to come */
	run_for(&f, "guest", 1200);
	ck_assert_str_eq(f.seen, "");
	put_dump(&f, "guest.flat", 0);
	began = loop_now_ms();
	run_for(&f, "guest", 5000);
	ck_assert_str_eq(f.seen, "guest.flat ");
	ck_assert_int_ge(loop_now_ms() - began, 600);
	tear_down(&f);
}
END_TEST

START_TEST(what_nobody_finishes_is_taken_as_it_is)
{
	struct fixture f;

	set_up(&f, "stale_time = 1h");
	put(&f, "127.0.0.1-2022-05-02-12:41:41/vmcore-incomplete", "KDUMP   ", 8, 7200);
	put(&f, "127.0.0.1-2022-05-02-12:41:42/vmcore-incomplete", "KDUMP   ", 8, 60);
	start(&f);
	run_for(&f, NULL, 5000);
	ck_assert_str_eq(f.seen, "127.0.0.1-2022-05-02-12:41:41/vmcore-incomplete! ");
	tear_down(&f);
}
END_TEST

START_TEST(a_log_without_a_dump_waits_for_one)
{
	struct fixture f;

	set_up(&f, "log_only_time = 1h");
	put(&f, "127.0.0.1-2022-05-02-12:41:41/vmcore-dmesg.txt", "x", 1, 7200);
	put(&f, "127.0.0.1-2022-05-02-12:41:42/vmcore-dmesg.txt", "x", 1, 60);
	start(&f);
	run_for(&f, NULL, 5000);
	ck_assert_str_eq(f.seen, "127.0.0.1-2022-05-02-12:41:41/vmcore-dmesg.txt ");
	tear_down(&f);
}
END_TEST

START_TEST(links_and_fifos_are_not_followed_or_opened)
{
	struct fixture f;
	char path[128], target[128];

	set_up(&f, "");
	put_dump(&f, "real/127.0.0.1-2022-05-02-12:41:41/vmcore", 100);
	snprintf(path, sizeof(path), "%s/vmcore", f.top);
	ck_assert_int_eq(symlink("/etc/shadow", path), 0);
	snprintf(path, sizeof(path), "%s/dump.fifo", f.top);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	snprintf(target, sizeof(target), "%s/real", f.top);
	snprintf(path, sizeof(path), "%s/loop", f.top);
	ck_assert_int_eq(symlink(target, path), 0);
	start(&f);
	run_for(&f, NULL, 5000);
	ck_assert_str_eq(f.seen, "real/127.0.0.1-2022-05-02-12:41:41/vmcore ");
	tear_down(&f);
}
END_TEST

START_TEST(directories_that_come_move_and_go)
{
	struct fixture f;

	set_up(&f, "scan_interval = 1h");
	start(&f);
	run_for(&f, NULL, 5000);
	put_dump(&f, "a/127.0.0.1-2022-05-02-12:41:41/vmcore", 100);
	run_for(&f, "vmcore ", 5000);
	ck_assert_str_eq(f.seen, "a/127.0.0.1-2022-05-02-12:41:41/vmcore ");
	move(&f, "a", "b");
	run_for(&f, "b/127", 5000);
	ck_assert_ptr_nonnull(strstr(f.seen, "b/127.0.0.1-2022-05-02-12:41:41/vmcore "));
	/* and the new place is watched */
	put_dump(&f, "b/127.0.0.1-2022-05-02-12:41:42/vmcore", 100);
	run_for(&f, ":42/vmcore", 5000);
	ck_assert_ptr_nonnull(strstr(f.seen, "b/127.0.0.1-2022-05-02-12:41:42/vmcore "));
	tear_down(&f);
}
END_TEST

START_TEST(a_root_that_disappears_and_comes_back)
{
	struct fixture f;
	char command[256];

	set_up(&f, "scan_interval = 1h");
	start(&f);
	run_for(&f, NULL, 5000);
	snprintf(command, sizeof(command), "rm -rf %s", f.top);
	ck_assert_int_eq(system(command), 0);
	f.gone[0] = '\0';
	run_for(&f, " ", 3000);
	ck_assert_ptr_nonnull(strstr(f.gone, " "));
	ck_assert_int_eq(mkdir(f.top, 0755), 0);
	put_dump(&f, "127.0.0.1-2022-05-02-12:41:41/vmcore", 100);
	run_for(&f, "vmcore ", 5000);
	ck_assert_str_eq(f.seen, "127.0.0.1-2022-05-02-12:41:41/vmcore ");
	tear_down(&f);
}
END_TEST

START_TEST(while_paused_nothing_is_read)
{
	struct fixture f;

	set_up(&f, "");
	put_dump(&f, "127.0.0.1-2022-05-02-12:41:41/vmcore", 100);
	start(&f);
	spool_pause(f.spool, true);
	run_for(&f, "vmcore", 500);
	ck_assert_str_eq(f.seen, "");
	spool_pause(f.spool, false);
	run_for(&f, "vmcore", 5000);
	ck_assert_str_ne(f.seen, "");
	_json_ json_t *status = spool_status(f.spool);
	ck_assert_int_ge(json_integer_value(json_object_get(status, "watches")), 2);
	tear_down(&f);
}
END_TEST

START_TEST(paths_belong_to_the_nearest_root)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;

	assert_ok(config_parse("spool = /a\nspool = /a/b\n", "test", &config));
	ck_assert_str_eq(spool_path_root(config, "/a/b/c"), "/a/b");
	ck_assert_str_eq(spool_path_root(config, "/a/bc"), "/a");
	ck_assert_str_eq(spool_path_root(config, "/a"), "/a");
	ck_assert_ptr_null(spool_path_root(config, "/ab"));
	_cleanup_(cleanup_config_free) struct config *all = NULL;
	assert_ok(config_parse("spool = /\n", "test", &all));
	ck_assert_str_eq(spool_path_root(all, "/ab"), "/");
}
END_TEST

/* --- the parts --- */

START_TEST(only_what_lies_below_the_root_is_opened)
{
	struct fixture f;
	char path[128];
	int fd = -1;

	set_up(&f, "");
	put(&f, "dir/file", "x", 1, 0);
	snprintf(path, sizeof(path), "%s/link", f.top);
	ck_assert_int_eq(symlink("dir", path), 0);
	snprintf(path, sizeof(path), "%s/dir/file", f.top);
	assert_ok(spool_path_open(f.top, path, O_RDONLY, &fd));
	close(fd);
	snprintf(path, sizeof(path), "%s/link/file", f.top);
	assert_err(spool_path_open(f.top, path, O_RDONLY, &fd), ERR_IO);
	assert_err(spool_path_open(f.top, "/etc/passwd", O_RDONLY, &fd), ERR_INVALID);
	snprintf(path, sizeof(path), "%s/none", f.top);
	_err_ struct err *err = spool_path_open(f.top, path, O_RDONLY, &fd);
	ck_assert(spool_path_is_gone(err));
	tear_down(&f);
}
END_TEST

START_TEST(silence_is_measured_by_mtime_and_by_watching)
{
	struct pending pending = {0};
	struct spool_entry entry = {
		.name = (char *)"x", .inode = 7, .size = 10, .mtime_ns = 1000000000000};
	struct pending_rule rule = {5000, "test"};

	/* a minute old by its mtime, new to us */
	pending_begin(&pending, "/d");
	ck_assert_int_eq(pending_quiet_ms(&pending, &entry, 100, 1060000000000), 60000);
	/* a clock ahead of ours counts for nothing, what we saw does */
	ck_assert_int_eq(pending_quiet_ms(&pending, &entry, 100, 900000000000), 0);
	assert_ok(pending_keep(&pending, &entry, SETTLE, &rule, 1000, 900000000000));
	pending_end(&pending);
	pending_begin(&pending, "/d");
	ck_assert_int_eq(pending_quiet_ms(&pending, &entry, 4000, 900000000000), 3000);
	ck_assert(!pending_still_waits(&pending, &entry, READY, 4000));
	ck_assert(!pending_still_waits(&pending, &entry, SETTLE, 6000));
	ck_assert(pending_still_waits(&pending, &entry, SETTLE, 4000));
	pending_end(&pending);
	ck_assert_int_eq(pending_due_ms(&pending), 6000);
	/* it grew: from the beginning */
	entry.size = 11;
	pending_begin(&pending, "/d");
	ck_assert_int_eq(pending_quiet_ms(&pending, &entry, 4000, 900000000000), 0);
	assert_ok(pending_keep(&pending, &entry, SETTLE, &rule, 4000, 900000000000));
	pending_end(&pending);
	ck_assert_int_eq(pending_due_ms(&pending), 9000);
	ck_assert_uint_eq(pending.count, 1);
	ck_assert_str_eq(pending_find(&pending, "/d/x")->why, "test");
	ck_assert_ptr_null(pending_find(&pending, "/dx"));
	/* a scan that does not meet it again drops it */
	pending_begin(&pending, "/other");
	pending_end(&pending);
	ck_assert_uint_eq(pending.count, 1);
	pending_begin(&pending, "/d");
	pending_end(&pending);
	ck_assert_int_eq(pending_due_ms(&pending), -1);
	pending_deinit(&pending);
}
END_TEST

/* A crowd: so many are kept, more are counted, and directories that are empty again are forgotten. */
START_TEST(what_waits_is_bounded)
{
	struct pending pending = {0};
	struct pending_rule rule = {5000, "test"};
	struct spool_entry entry = {.name = (char *)"x", .size = 10, .mtime_ns = 1};
	char name[32];

	pending_begin(&pending, "/d");
	for (entry.inode = 0; entry.inode < PENDING_MAX + 5; entry.inode++)
		assert_ok(pending_keep(&pending, &entry, SETTLE, &rule, 1000, 0));
	pending_end(&pending);
	ck_assert_uint_eq(pending.count, PENDING_MAX);
	ck_assert_uint_eq(pending_number(&pending), PENDING_MAX + 5);
	pending_begin(&pending, "/d");
	pending_end(&pending);
	ck_assert_uint_eq(pending.count, 0);
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "/d/%d", i);
		pending_begin(&pending, name);
		pending_end(&pending);
	}
	ck_assert_uint_le(pending.dir_count, 5000);
	pending_deinit(&pending);
}
END_TEST

static void put_crowd(struct fixture *f, const char *shape, int count)
{
	char path[128], name[32];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), shape, i);
		snprintf(path, sizeof(path), "%s/%s", f->top, name);
		close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	}
}

/* Of a crowd of other files nothing is taken, and a dump that comes after it is. */
START_TEST(a_dump_in_a_crowd_is_found)
{
	struct fixture f;

	set_up(&f, "settle_time = 100ms\n");
	put_crowd(&f, "%d", ENTRIES_MAX / 2 + 100);
	put_dump(&f, "vmcore", 60);
	start(&f);
	run_for(&f, "vmcore", 20000);
	ck_assert_str_eq(f.seen, "vmcore ");
	run_for(&f, NULL, 1000);
	_json_ json_t *status = spool_status(f.spool);
	_free_ char *text = json_dumps(status, 0);
	ck_assert_ptr_nonnull(strstr(text, "entries are passed over"));
	tear_down(&f);
}
END_TEST

int main(void)
{
	/* warnings on odd entries are wanted, but not on the terminal */
	_close_ int null = open("/dev/null", O_WRONLY);
	const TTest *tests[] = {
		what_lay_there_before_the_start_is_found,
		a_dump_written_slowly_is_taken_when_it_is_renamed,
		without_a_sign_a_dump_is_taken_once_it_is_quiet,
		what_nobody_finishes_is_taken_as_it_is,
		a_log_without_a_dump_waits_for_one,
		links_and_fifos_are_not_followed_or_opened,
		directories_that_come_move_and_go,
		a_root_that_disappears_and_comes_back,
		while_paused_nothing_is_read,
		paths_belong_to_the_nearest_root,
		only_what_lies_below_the_root_is_opened,
		silence_is_measured_by_mtime_and_by_watching,
		what_waits_is_bounded,
		a_dump_in_a_crowd_is_found,
	};
	TCase *cases = tcase_create("spool");

	dup2(null, STDERR_FILENO);
	tcase_set_timeout(cases, 30);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		tcase_add_test(cases, tests[i]);
	return unit_run("spool", cases);
}
