/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpacks a compressed dump by the system's decompressor, in a process of its own. */
#include "daemon/worker/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/parse.h"
#include "base/str.h"
#include "daemon/loop.h"
#include "daemon/worker/sandbox.h"

#define WORDS_MAX 200 /* of the decompressor's own message */
#define MEMORY_MAX (1ull << 30)
#define CPU_MAX_S 86400 /* a bound only; the parent keeps the time */

struct unpack {
	pid_t pid;
	int out;   /* the unnamed file */
	int words; /* the process' stderr: its end is the process' end */
	enum sniff_format format;
	uint64_t size_max;
	int64_t started_ms;
	unsigned timeout_s;
	char said[WORDS_MAX];
	size_t said_length;
};

static const struct {
	enum sniff_format format;
	const char *const argv[4];
} programs[] = {
	{SNIFF_GZIP, {"gzip", "-dc"}}, {SNIFF_BZIP2, {"bzip2", "-dc"}}, {SNIFF_XZ, {"xz", "-dc"}},
	{SNIFF_LZ4, {"lz4", "-dc"}},   {SNIFF_ZSTD, {"zstd", "-dc"}},
};

/* By its whole path: the child's environment is empty. */
static const char *find_program(enum sniff_format format, char *path, size_t size,
				char *const **argv)
{
	static const char *const places[] = {"/usr/bin", "/bin"};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (programs[i].format != format)
			continue;
		*argv = (char *const *)programs[i].argv;
		for (size_t j = 0; j < ARRAY_SIZE(places); j++) {
			snprintf(path, size, "%s/%s", places[j], programs[i].argv[0]);
			if (!access(path, X_OK))
				return path;
		}
	}
	return NULL;
}

/* In the child, between fork and exec: dump on 0, the unnamed file on 1, words on 2. */
static void run_child(int in, int out, int words, enum sniff_format format, uint64_t size_max)
{
	char number[24];
	char *const argv[] = {(char *)"triaged-unpack", (char *)UNPACK_VERB,
			      (char *)sniff_format_name(format), number, NULL};
	char *const none[] = {NULL};

	snprintf(number, sizeof(number), "%" PRIu64, size_max);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(words, 2) < 0 || lseek(0, 0, SEEK_SET))
		_exit(126);
	execve("/proc/self/exe", argv, none);
	_exit(126);
}

struct err *unpack_start(const struct unpack_options *options, struct unpack **ret)
{
	_cleanup_(cleanup_unpack_destroy) struct unpack *unpack = calloc(1, sizeof(*unpack));
	_close_ int child_words = -1;
	char path[64];
	char *const *argv;
	int pipefd[2];

	if (!unpack)
		return &err_nomem;
	unpack->out = unpack->words = -1;
	if (!find_program(options->format, path, sizeof(path), &argv))
		return err_new(ERR_UNSUPPORTED, "compressed with %s, which is not installed",
			       sniff_format_name(options->format));
	unpack->out = open(options->directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (unpack->out < 0)
		return err_errno(errno, "unnamed file in %s", options->directory);
	if (pipe2(pipefd, O_CLOEXEC | O_NONBLOCK))
		return err_errno(errno, "pipe");
	unpack->words = pipefd[0];
	child_words = pipefd[1];
	unpack->format = options->format;
	unpack->size_max = options->size_max;
	unpack->timeout_s = options->timeout_s;
	unpack->started_ms = loop_now_ms();
	unpack->pid = fork();
	if (unpack->pid < 0)
		return err_errno(errno, "fork");
	if (!unpack->pid)
		run_child(options->fd, unpack->out, child_words, options->format,
			  options->size_max);
	*ret = take_ptr(unpack);
	return NULL;
}

int unpack_fd(const struct unpack *unpack)
{
	return unpack->words;
}

int unpack_pid(const struct unpack *unpack)
{
	return unpack->pid;
}

/* True at the end of the process' stderr. What is beyond WORDS_MAX is read and dropped. */
static bool read_words(struct unpack *unpack)
{
	char buf[512];
	ssize_t length;

	while ((length = read(unpack->words, buf, sizeof(buf))) > 0) {
		size_t room = sizeof(unpack->said) - 1 - unpack->said_length;
		size_t part = MIN((size_t)length, room);

		memcpy(unpack->said + unpack->said_length, buf, part);
		unpack->said_length += part;
	}
	return !length;
}

static struct err *explain(const struct unpack *unpack, int status)
{
	const char *name = sniff_format_name(unpack->format);
	_str_ struct str said = {0};

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
		return err_new(ERR_LIMIT, "unpacks to more than %" PRIu64 " bytes",
			       unpack->size_max);
	if (WIFSIGNALED(status))
		return err_new(ERR_CORRUPT, "%s died of signal %d", name, WTERMSIG(status));
	str_puts(&said, "");
	str_escape(&said, unpack->said, strcspn(unpack->said, "\n"));
	return err_new(ERR_CORRUPT, "%s: exit status %d%s%s", name, WEXITSTATUS(status),
		       said.length ? ": " : "", said.data ? said.data : "");
}

struct err *unpack_read(struct unpack *unpack, int *ret)
{
	int status;

	if (!read_words(unpack)) {
		if (loop_now_ms() - unpack->started_ms < unpack->timeout_s * 1000ll)
			return NULL;
		return err_new(ERR_LIMIT, "not unpacked within %u s", unpack->timeout_s);
	}
	while (waitpid(unpack->pid, &status, 0) < 0 && errno == EINTR)
		;
	unpack->pid = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return explain(unpack, status);
	*ret = take_fd(unpack->out);
	return NULL;
}

void unpack_destroy(struct unpack *unpack)
{
	if (!unpack)
		return;
	if (unpack->pid > 0) {
		kill(unpack->pid, SIGKILL);
		while (waitpid(unpack->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (unpack->out >= 0)
		close(unpack->out);
	if (unpack->words >= 0)
		close(unpack->words);
	free(unpack);
}

int unpack_main(int argc, char **argv)
{
	const struct sandbox_options cage = {
		.memory_bytes = MEMORY_MAX, .cpu_s = CPU_MAX_S, .background = true};
	char *const none[] = {NULL};
	char path[64];
	char *const *program;
	uint64_t size;

	if (argc != 4 || !parse_dec(argv[3], strlen(argv[3]), &size))
		return 125;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		_err_ struct err *err = NULL;

		if (strcmp(argv[2], sniff_format_name(programs[i].format)) ||
		    !find_program(programs[i].format, path, sizeof(path), &program))
			continue;
		err = sandbox_enter_program(&cage, size);
		if (err) {
			dprintf(2, "%s", err->message);
			return 125;
		}
		execve(path, program, none);
		return 127;
	}
	return 125;
}
