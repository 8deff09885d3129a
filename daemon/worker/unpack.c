/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpacks a compressed dump in a process of its own, shut off like the one that reads dumps. */
#include "daemon/worker/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/io.h"
#include "base/parse.h"
#include "base/str.h"
#include "daemon/loop.h"
#include "daemon/worker/sandbox.h"
#include "kernel/dump/packed_file.h"

#define WORDS_MAX 200 /* of the process' own message */
#define MEMORY_MAX (1ull << 30)
#define CPU_MAX_S 86400 /* a bound only; the parent keeps the time */
#define STATUS_FULL 3	/* of the process: the file system is */
#define PIECE_BYTES (1u << 20)

struct unpack {
	pid_t pid;
	int out;   /* the unnamed file */
	int words; /* the process' stderr: its end is the process' end */
	enum sniff_format format;
	uint64_t size_max;
	bool full; /* it ended for want of room */
	int64_t started_ms;
	unsigned timeout_s;
	char said[WORDS_MAX];
	size_t said_length;
};

/* In the child, between fork and exec: dump on 0, the unnamed file on 1, words on 2. */
static void run_child(int in, int out, int words, uint64_t size_max)
{
	char number[24];
	char *const argv[] = {(char *)"triaged-unpack", (char *)UNPACK_VERB, number, NULL};
	char *const none[] = {NULL};

	snprintf(number, sizeof(number), "%" PRIu64, size_max);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(words, 2) < 0)
		_exit(126);
	execve("/proc/self/exe", argv, none);
	_exit(126);
}

struct err *unpack_start(const struct unpack_options *options, struct unpack **ret)
{
	_cleanup_(cleanup_unpack_destroy) struct unpack *unpack = calloc(1, sizeof(*unpack));
	_close_ int child_words = -1;
	int pipefd[2];

	if (!unpack)
		return &err_nomem;
	unpack->out = unpack->words = -1;
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
		run_child(options->fd, unpack->out, child_words, options->size_max);
	*ret = take_ptr(unpack);
	return NULL;
}

bool unpack_was_full(const struct unpack *unpack)
{
	return unpack->full;
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

static struct err *explain(struct unpack *unpack, int status)
{
	_str_ struct str said = {0};

	unpack->full = WIFSIGNALED(status) ? WTERMSIG(status) == SIGXFSZ
					   : WEXITSTATUS(status) == STATUS_FULL;
	if (unpack->full)
		return err_new(ERR_LIMIT, "unpacks to more than %" PRIu64 " bytes",
			       unpack->size_max);
	if (WIFSIGNALED(status))
		return err_new(ERR_CORRUPT, "the %s decoder died of signal %d",
			       sniff_format_name(unpack->format), WTERMSIG(status));
	str_puts(&said, "");
	str_escape(&said, unpack->said, strcspn(unpack->said, "\n"));
	return err_new(ERR_CORRUPT, "%s",
		       said.length ? said.data : "the decoder's process could not start");
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

/* From descriptor 0 to 1. Whoever sets the size's bound sees to it that SIGXFSZ ends the process. */
static struct err *copy_unpacked(void)
{
	_cleanup_(cleanup_packed_file_close) struct packed_file *packed = NULL;
	_free_ uint8_t *piece = malloc(PIECE_BYTES);
	size_t got;

	if (!piece)
		return &err_nomem;
	TRY(packed_file_open(0, &packed));
	while (true) {
		TRY(packed_file_read(packed, piece, PIECE_BYTES, &got));
		if (!got)
			return NULL;
		TRY(io_write_all(1, piece, got));
	}
}

int unpack_main(int argc, char **argv)
{
	struct sandbox_options cage = {
		.memory_bytes = MEMORY_MAX, .cpu_s = CPU_MAX_S, .background = true};
	_json_ json_t *layers = json_array();
	_err_ struct err *err = NULL;

	if (argc != 3 || !parse_dec(argv[2], strlen(argv[2]), &cage.file_bytes) || !layers)
		return 125;
	err = sandbox_enter(&cage, layers);
	if (!err)
		err = copy_unpacked();
	if (err && err->code == ERR_IO && (errno == ENOSPC || errno == EDQUOT))
		return STATUS_FULL;
	if (err)
		dprintf(2, "%s", err->message);
	return err ? 1 : 0;
}
