/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

START_TEST(a_read_ends_with_the_file)
{
	_fclose_ FILE *file = tmpfile();
	char buf[16] = "";
	size_t got;

	ck_assert_ptr_nonnull(file);
	assert_ok(io_write_all(fileno(file), "0123456789", 10));
	assert_ok(io_read_at(fileno(file), 2, buf, 4, &got));
	ck_assert_uint_eq(got, 4);
	ck_assert_str_eq(buf, "2345");
	assert_ok(io_read_at(fileno(file), 8, buf, sizeof(buf), &got));
	ck_assert_uint_eq(got, 2);
	assert_ok(io_read_at(fileno(file), 100, buf, sizeof(buf), &got));
	ck_assert_uint_eq(got, 0);
	assert_err(io_read_at(-1, 0, buf, 1, &got), ERR_IO);
}
END_TEST

/* More than a pipe holds goes out in parts; without a reader there is an error and no signal. */
START_TEST(a_write_is_whole_or_an_error)
{
	enum { LENGTH = 1 << 20 };
	_free_ char *data = calloc(1, LENGTH);
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	pid_t reader = fork();
	if (!reader) {
		size_t all = 0;
		char buf[4096];

		close(pipes[1]);
		for (ssize_t n; (n = read(pipes[0], buf, sizeof(buf))) > 0;)
			all += (size_t)n;
		_exit(all != LENGTH);
	}
	close(pipes[0]);
	assert_ok(io_write_all(pipes[1], data, LENGTH));
	close(pipes[1]);
	int status;
	ck_assert_int_eq(waitpid(reader, &status, 0), reader);
	ck_assert_int_eq(status, 0);
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(pipes), 0);
	close(pipes[0]);
	struct err *err = io_write_all(pipes[1], data, 1);
	ck_assert_ptr_nonnull(err);
	ck_assert_int_eq(err->errnum, EPIPE);
	err_free(err);
}
END_TEST

START_TEST(a_file_is_replaced_or_stays)
{
	char directory[] = "/tmp/test_io.XXXXXX", path[64], partial[64], text[16] = "";
	struct stat st;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/file", directory);
	snprintf(partial, sizeof(partial), "%s/.file.tmp", directory);
	assert_ok(io_replace(directory, "file", "one", 0644));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0644);
	/* Somebody's link in its way is not followed, and what was there stays. */
	ck_assert_int_eq(symlink(path, partial), 0);
	assert_err(io_replace(directory, "file", "two", 0600), ERR_IO);
	_fclose_ FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
	ck_assert_str_eq(text, "one");
	assert_ok(io_replace(directory, "file", "two", 0600));
	ck_assert_int_ne(access(partial, F_OK), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	assert_err(io_replace("/nonexistent", "file", "two", 0600), ERR_IO);
	unlink(path);
	rmdir(directory);
}
END_TEST

UNIT_MAIN("io", a_read_ends_with_the_file, a_write_is_whole_or_an_error,
	  a_file_is_replaced_or_stays)
