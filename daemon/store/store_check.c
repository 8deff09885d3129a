/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks through all pages of the database in a process of its own. */
#include "daemon/store/store_check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/db.h"

#define NICENESS 10

struct store_check {
	struct loop *loop;
	void (*done)(void *context, struct err *err);
	void *context;
	pid_t pid;
	int fd; /* where the process says what is wrong; at its end nothing, if all is well */
	char said[512];
	size_t length;
};

/* --- the process --- */

/* The first complaint of SQLite, "ok" when it has none. */
static struct err *look_through(const char *path)
{
	_cleanup_(cleanup_db_close) struct db *db = NULL;
	struct stmt *stmt;
	bool row;

	TRY(db_open(path, DB_READ_ONLY, &db));
	TRY(db_query(db, &stmt, "PRAGMA quick_check(1)", ""));
	TRY(stmt_step(stmt, &row));
	if (row && stmt_text(stmt, 0) && strcmp(stmt_text(stmt, 0), "ok"))
		return err_new(ERR_CORRUPT, "database: damaged: %s", stmt_text(stmt, 0));
	return NULL;
}

static _Noreturn void run_process(const char *path, int fd)
{
	struct err *err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, NICENESS);
	err = look_through(path);
	/* The first letter tells damage from a check that could not be made. */
	if (err)
		dprintf(fd, "%c%.500s", err->code == ERR_CORRUPT ? 'd' : 'n', err->message);
	_exit(0);
}

/* --- the daemon's side --- */

static struct err *verdict(struct store_check *check)
{
	int status;

	check->said[check->length] = '\0';
	if (waitpid(check->pid, &status, 0) != check->pid)
		return err_errno(errno, "wait for the check of the database");
	check->pid = 0;
	if (check->length)
		return err_new(check->said[0] == 'd' ? ERR_CORRUPT : ERR_INVALID, "%s",
			       check->said + 1);
	if (status)
		return err_new(ERR_INVALID, "the check of the database ended with status %d",
			       status);
	return NULL;
}

static void on_readable(void *context)
{
	struct store_check *check = context;
	void (*done)(void *context, struct err *err) = check->done;
	void *for_done = check->context;
	size_t room = sizeof(check->said) - 1 - check->length;
	ssize_t got = read(check->fd, check->said + check->length, room);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		check->length += (size_t)got;
		if (check->length < sizeof(check->said) - 1)
			return;
	}
	struct err *err = verdict(check);
	store_check_destroy(check);
	done(for_done, err);
}

static struct err *start(struct store_check *check, const char *path)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return err_errno(errno, "pipe");
	check->fd = ends[0];
	check->pid = fork();
	if (!check->pid)
		run_process(path, ends[1]);
	close(ends[1]);
	if (check->pid < 0)
		return err_errno(errno, "fork");
	return loop_add(check->loop, check->fd, on_readable, check);
}

struct err *store_check_start(struct loop *loop, const char *path,
			      void (*done)(void *context, struct err *err), void *context,
			      struct store_check **ret)
{
	_cleanup_(cleanup_store_check_destroy) struct store_check *check =
		calloc(1, sizeof(*check));

	if (!check)
		return &err_nomem;
	*check = (struct store_check){.loop = loop, .done = done, .context = context, .fd = -1};
	TRY(start(check, path));
	*ret = take_ptr(check);
	return NULL;
}

void store_check_destroy(struct store_check *check)
{
	if (!check)
		return;
	if (check->pid > 0) {
		kill(check->pid, SIGKILL);
		waitpid(check->pid, NULL, 0);
	}
	if (check->fd >= 0) {
		loop_remove(check->loop, check->fd);
		close(check->fd);
	}
	free(check);
}
