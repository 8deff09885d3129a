/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs Graphviz' dot, without a shell, for the places of a graph's nodes. */
#include "daemon/html/html_dot.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

#define TIMEOUT_MS 10000
#define OUTPUT_MAX (4u << 20)

/* A file of memory with the graph, at its beginning. */
static int graph_file(const char *graph)
{
	_close_ int fd = memfd_create("graph", MFD_CLOEXEC);
	struct err *err = fd < 0 ? NULL : io_write_all(fd, graph, strlen(graph));

	if (fd < 0 || err || lseek(fd, 0, SEEK_SET)) {
		err_free(err);
		return -1;
	}
	return take_fd(fd);
}

static bool start(int in, int out, pid_t *pid)
{
	/* Sizes of text are those of the font that the page's style sheet asks for first. */
	char *const argv[] = {(char *)"dot",
			      (char *)"-Tjson0",
			      (char *)"-Grankdir=LR",
			      (char *)"-Nfontname=DejaVu Sans",
			      (char *)"-Efontname=DejaVu Sans",
			      (char *)"-Nfontsize=12",
			      (char *)"-Efontsize=10",
			      NULL};
	posix_spawn_file_actions_t actions;
	bool started;

	if (posix_spawn_file_actions_init(&actions))
		return false;
	started = !posix_spawn_file_actions_adddup2(&actions, in, 0) &&
		  !posix_spawn_file_actions_adddup2(&actions, out, 1) &&
		  !posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) &&
		  !posix_spawnp(pid, "dot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return started;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* Until the end of it; false when it is too long, or does not come. */
static bool read_answer(int fd, struct str *answer)
{
	int64_t end = now_ms() + TIMEOUT_MS, left;
	char piece[4096];

	while ((left = end - now_ms()) > 0 && answer->length <= OUTPUT_MAX) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t got;

		if (poll(&wait, 1, (int)left) <= 0)
			continue;
		got = read(fd, piece, sizeof(piece));
		if (got <= 0)
			return !got && !answer->failed;
		str_append(answer, piece, (size_t)got);
	}
	return false;
}

json_t *html_dot_layout(const char *graph)
{
	_close_ int in = graph_file(graph), from = -1, to = -1;
	_str_ struct str answer = {0};
	int ends[2], status;
	bool whole;
	pid_t pid;

	if (in < 0 || pipe2(ends, O_CLOEXEC))
		return NULL;
	from = ends[0];
	to = ends[1];
	if (!start(in, to, &pid))
		return NULL;
	close(take_fd(to));
	whole = read_answer(from, &answer);
	if (!whole)
		kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid || !whole || status || !answer.length)
		return NULL;
	return json_loads(answer.data, 0, NULL);
}
