/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of a site's command: its stdin, its output, its time and its end. */
#include "daemon/deliver/deliver_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/log.h"
#include "daemon/loop.h"

#define TICK_MS 50	/* between looks at whether it has ended, when it says nothing */
#define GRACE_MS 2000	/* from SIGTERM to SIGKILL */
#define DRAIN_MAX 1024u /* pieces of output read after its end */
#define EXEC_FAILED 127 /* as a shell has it */

struct run {
	const struct deliver_command *command;
	pid_t pid;
	int in, out; /* our ends: its stdin, its stdout and stderr; -1: closed */
	size_t written;
	int64_t deadline_ms;
	bool timed_out;
	char line[DELIVER_LINE_BYTES + 1]; /* not ended yet */
	size_t line_length;
	unsigned lines;
	char last[200]; /* the last line that was not empty: part of what is said of a failure */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void deinit(struct run *run)
{
	close_end(&run->in);
	close_end(&run->out);
}

/* --- its start -------------------------------------------------------------------------------- */

/* Between fork and exec. */
static void run_child(const struct deliver_command *command, int in, int out)
{
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(EXEC_FAILED);
	/* Both are the deliverer's own, and would be taken for the command's. */
	unsetenv("NOTIFY_SOCKET");
	unsetenv("JOURNAL_STREAM");
	for (char *const *word = command->environment; *word; word++)
		putenv(*word);
	execl("/bin/sh", "sh", "-c", command->command, (char *)NULL);
	_exit(EXEC_FAILED);
}

static struct err *start(struct run *run)
{
	_close_ int in = -1, out = -1;
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC))
		return err_errno(errno, "pipe");
	in = pipes[0];
	run->in = pipes[1];
	if (pipe2(pipes, O_CLOEXEC))
		return err_errno(errno, "pipe");
	run->out = pipes[0];
	out = pipes[1];
	if (fcntl(run->in, F_SETFL, O_NONBLOCK) || fcntl(run->out, F_SETFL, O_NONBLOCK))
		return err_errno(errno, "fcntl");
	run->pid = fork();
	if (run->pid < 0)
		return err_errno(errno, "fork");
	if (!run->pid)
		run_child(run->command, in, out);
	setpgid(run->pid, run->pid); /* whoever comes first */
	run->deadline_ms = loop_now_ms() + run->command->timeout_ms;
	return NULL;
}

/* --- what it says ----------------------------------------------------------------------------- */

static void end_line(struct run *run)
{
	size_t length = run->line_length;

	run->line_length = 0;
	run->line[length] = '\0';
	if (!length)
		return;
	copy_string(run->last, sizeof(run->last), run->line);
	if (run->lines++ < DELIVER_LINES_MAX)
		log_line(LOG_INFO, "on_verdict: %s", run->line);
	else if (run->lines == DELIVER_LINES_MAX + 1)
		log_line(LOG_INFO, "on_verdict: … the rest of what it prints is left out");
}

static void take_output(struct run *run, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (data[i] != '\n')
			run->line[run->line_length++] = data[i] ? data[i] : ' ';
		if (data[i] == '\n' || run->line_length == DELIVER_LINE_BYTES)
			end_line(run);
	}
}

/* False when there is nothing to be read now. */
static bool read_output(struct run *run)
{
	char piece[4096];
	ssize_t length = read(run->out, piece, sizeof(piece));

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (length <= 0) {
		close_end(&run->out);
		return false;
	}
	take_output(run, piece, (size_t)length);
	return true;
}

/* A command that reads no stdin, or not all of it, is none that failed. */
static void write_input(struct run *run)
{
	const struct deliver_command *command = run->command;
	ssize_t length =
		write(run->in, command->input + run->written, command->length - run->written);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length > 0)
		run->written += (size_t)length;
	if (length < 0 || run->written == command->length)
		close_end(&run->in);
}

/* --- its end ---------------------------------------------------------------------------------- */

static bool has_ended(const struct run *run)
{
	siginfo_t info = {0};

	return !waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

static void watch_time(struct run *run)
{
	if (loop_now_ms() < run->deadline_ms)
		return;
	kill(-run->pid, run->timed_out ? SIGKILL : SIGTERM);
	run->timed_out = true;
	run->deadline_ms = loop_now_ms() + GRACE_MS;
}

static void follow(struct run *run)
{
	while (!has_ended(run)) {
		struct pollfd fds[] = {{.fd = run->out, .events = POLLIN},
				       {.fd = run->in, .events = POLLOUT}};

		if (poll(fds, ARRAY_SIZE(fds), TICK_MS) > 0) {
			if (fds[0].revents)
				read_output(run);
			if (fds[1].revents)
				write_input(run);
		}
		watch_time(run);
	}
}

/* Killed before its leader is reaped: until then the group's number is nobody else's. */
static int finish(struct run *run)
{
	int status = 0;

	kill(-run->pid, SIGKILL);
	for (unsigned i = 0; i < DRAIN_MAX && run->out >= 0 && read_output(run); i++)
		;
	end_line(run);
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static struct err *judge(const struct run *run, int status)
{
	const char *colon = run->last[0] ? ": " : "";

	if (run->timed_out)
		return err_new(ERR_LIMIT, "the command was not over after %g s%s%s",
			       run->command->timeout_ms / 1000.0, colon, run->last);
	if (WIFSIGNALED(status))
		return err_new(ERR_INVALID, "the command died of signal %d%s%s", WTERMSIG(status),
			       colon, run->last);
	if (WEXITSTATUS(status))
		return err_new(ERR_INVALID, "the command ended with status %d%s%s",
			       WEXITSTATUS(status), colon, run->last);
	return NULL;
}

struct err *deliver_command_run(const struct deliver_command *command)
{
	_cleanup_(deinit) struct run run = {.command = command, .in = -1, .out = -1};

	TRY(start(&run));
	follow(&run);
	return judge(&run, finish(&run));
}
