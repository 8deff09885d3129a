/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_INPUT
#define TRIAGE_DAEMON_WORKER_INPUT

#include "base/error.h"
#include "daemon/spool/identity.h"

/*
 * What goes into an analysis: the dump and what stands beside it. The dump itself is only looked
 * at enough to tell it from a log and to name it; reading it is the worker's.
 */
struct input {
	int dump_fd;	/* -1: a log alone */
	int dmesg_fd;	/* -1: none */
	int vmlinux_fd; /* -1: none */
	int64_t size;	/* of the dump, or of the log when it is alone */
	char uid[IDENTITY_UID_SIZE];
};

/*
 * Open a dump or a bare dmesg file with what is found beside it: vmcore-dmesg.txt, dmesg.*,
 * dmesg.txt or dmesg in the same directory; a vmlinux by build-id or release. vmlinux overrides
 * the latter. ERR_UNSUPPORTED for what is no regular file.
 */
struct err *input_open(const char *path, const char *vmlinux, struct input *ret);
void input_close(struct input *input);
#define _input_ _cleanup_(input_close)

/*
 * The vmlinux of the dump that is open at dump_fd, by the build-id or release in its first bytes:
 * a new fd, or -1 when there is none on this machine.
 */
int input_find_vmlinux(int dump_fd);

#endif
