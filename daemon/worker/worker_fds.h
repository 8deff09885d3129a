/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_WORKER_FDS
#define TRIAGE_DAEMON_WORKER_WORKER_FDS

/* Between worker.c and worker_main.c alone. */

/* Exit status: it came to its end, but memory ran out on the way. */
#define WORKER_EXIT_NOMEM 12

/* What a worker has open besides stdin to stderr. */
enum {
	WORKER_FD_DUMP = 3,
	WORKER_FD_RESULT = 4,
	WORKER_FD_VMLINUX = 5,
	WORKER_FD_DMESG = 6,
	WORKER_FD_FILES = 7, /* see worker_files.h */
	WORKER_FD_COUNT = 8,
};

#endif
