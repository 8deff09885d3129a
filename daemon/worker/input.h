/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_INPUT
#define TRIAGE_DAEMON_WORKER_INPUT

#include "base/error.h"
#include "daemon/spool/identity.h"
#include "json.h"

/*
 * What goes into an analysis: the dump and what stands beside it, or a log. The dump itself is only looked
 * at enough to tell it from a log and to name it; reading it is the worker's, unpacking a log as well.
 */
struct input {
	int dump_fd;	/* -1: a log alone */
	int dmesg_fd;	/* -1: none */
	int vmlinux_fd; /* -1: none */
	int64_t size;	/* of the dump, or of the log when it is alone, all its files */
	char uid[IDENTITY_UID_SIZE];
	/* Of a dump that is several files: those besides dump_fd, in any order. */
	int *part_fds;
	size_t part_count;
	/* Of a log that is several files: those behind the first, in the order of time, and all names. */
	int *more_fds;
	size_t more_count;
	json_t *files; /* NULL: one */
};
#define INPUT_NONE                                                                                 \
	{                                                                                          \
		.dump_fd = -1, .dmesg_fd = -1, .vmlinux_fd = -1                                    \
	}

#define INPUT_LOGS_SIZE_MAX (64ll << 20) /* of the files of one log as they are, packed or not */

/*
 * Open a dump, or a log, as it is or packed (gzip, bzip2, xz, zstd), with what is found beside it:
 * vmcore-dmesg.txt, dmesg.*, dmesg.txt or dmesg in the same directory; a vmlinux by build-id or
 * release. vmlinux overrides the latter. "-" is standard input. ERR_UNSUPPORTED for what is no regular
 * file, ERR_INVALID for a dump that comes through a pipe.
 */
struct err *input_open(const char *path, const char *vmlinux, struct input *ret);
/*
 * The same of a log in several files, the oldest first. Beyond INPUT_LOGS_SIZE_MAX the oldest are left
 * out. The uid is that of the newest. ERR_INVALID when one of them is a dump.
 */
struct err *input_open_logs(char *const *paths, size_t count, struct input *ret);
/* Files that are one log, as above, or one dump, of which the first gives the uid. */
struct err *input_open_set(char *const *paths, size_t count, const char *vmlinux,
			   struct input *ret);
/*
 * A packed file that input_open() took for a log was unpacked into fd, given over: it takes its
 * place, and of a dump what stands beside path is looked for.
 */
struct err *input_take_unpacked(struct input *input, const char *path, const char *vmlinux, int fd);
/* Is a file no dump by its first bytes, but text or packed? */
bool input_is_log(const char *path);
void input_close(struct input *input);
#define _input_ _cleanup_(input_close)

/*
 * The vmlinux of the dump that is open at dump_fd, by the build-id or release in its first bytes:
 * a new fd, or -1 when there is none on this machine.
 */
int input_find_vmlinux(int dump_fd);

#endif
