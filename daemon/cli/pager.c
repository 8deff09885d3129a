/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long answers a screen at a time. */
#include "daemon/cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "daemon/render/render_style.h"

#define WORDS_MAX 32 /* of a pager's command */
#define LESS_OPTIONS "FRSXMK"

static struct {
	bool forbidden;
	pid_t pid; /* 0: none runs */
} pager;

void pager_forbid(void)
{
	pager.forbidden = true;
}

static bool is_yes(const char *text)
{
	return text && (!strcmp(text, "1") || !strcmp(text, "yes") || !strcmp(text, "true") ||
			!strcmp(text, "on"));
}

/* Who became another user might get a shell from a pager. */
static bool is_secure(void)
{
	const char *asked = getenv("SYSTEMD_PAGERSECURE");

	return asked ? is_yes(asked) : getenv("SUDO_UID") || geteuid() != getuid();
}

/* NULL: nobody chose one. */
static const char *chosen(void)
{
	const char *own = getenv("SYSTEMD_PAGER");

	return own ? own : getenv("PAGER");
}

static bool is_wanted(void)
{
	const char *term = getenv("TERM"), *command = chosen();

	return !pager.forbidden && !pager.pid && isatty(STDOUT_FILENO) && term &&
	       strcmp(term, "dumb") != 0 && (!command || (*command && strcmp(command, "cat") != 0));
}

static void set_environment(bool secure)
{
	const char *options = getenv("SYSTEMD_LESS"), *charset = getenv("SYSTEMD_LESSCHARSET");

	setenv("LESS", options ? options : LESS_OPTIONS, true);
	setlocale(LC_CTYPE, "");
	if (!charset && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		charset = "utf-8";
	if (charset)
		setenv("LESSCHARSET", charset, true);
	if (secure)
		setenv("LESSSECURE", "1", true);
}

/* The command in words, without a shell. Returns only if it cannot be run. */
static void run_command(const char *command)
{
	_free_ char *text = strdup(command);
	char *words[WORDS_MAX + 1], *rest = text;
	size_t count = 0;

	for (char *word; text && count < WORDS_MAX && (word = strtok_r(rest, " \t\n", &rest));)
		words[count++] = word;
	words[count] = NULL;
	if (count)
		execvp(words[0], words);
}

static _Noreturn void be_pager(int input)
{
	const char *command = chosen();
	bool secure = is_secure();

	dup2(input, STDIN_FILENO);
	signal(SIGPIPE, SIG_DFL);
	set_environment(secure);
	if (command && !secure)
		run_command(command);
	if (!secure)
		run_command("pager");
	run_command("less");
	if (!secure)
		run_command("more");
	/* Then it is a pipe to the terminal. */
	char block[4096];
	for (ssize_t got; (got = read(STDIN_FILENO, block, sizeof(block))) > 0;)
		if (!err_ok(io_write_all(STDOUT_FILENO, block, (size_t)got)))
			break;
	_exit(EXIT_SUCCESS);
}

void pager_open(void)
{
	int pipe_fds[2];

	if (!is_wanted())
		return;
	fflush(stdout);
	if (pipe2(pipe_fds, O_CLOEXEC))
		return;
	render_style_keep(STDOUT_FILENO);
	pager.pid = fork();
	if (!pager.pid)
		be_pager(pipe_fds[0]);
	if (pager.pid > 0) {
		dup2(pipe_fds[1], STDOUT_FILENO);
		/* Whoever has read enough ends the pager: no failure. */
		signal(SIGPIPE, SIG_IGN);
	} else {
		pager.pid = 0;
	}
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

void pager_close(void)
{
	if (!pager.pid)
		return;
	fflush(stdout);
	close(STDOUT_FILENO);
	/* Ctrl-C is for the pager, which still has the terminal. */
	signal(SIGINT, SIG_IGN);
	while (waitpid(pager.pid, NULL, 0) < 0 && errno == EINTR)
		;
	pager.pid = 0;
}
