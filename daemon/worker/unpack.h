/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_UNPACK
#define TRIAGE_DAEMON_WORKER_UNPACK

#include "daemon/spool/sniff.h"

/*
 * Dumps that are compressed as a whole (Debian's kdump-config) become an unnamed file, in a process of
 * its own that can open nothing, talk to no one and write no more than it is allowed.
 */
struct unpack;

struct unpack_options {
	int fd; /* the packed file; stays the caller's */
	enum sniff_format format;
	const char *directory; /* where the unnamed file goes */
	uint64_t size_max;     /* of it, in bytes */
	unsigned timeout_s;
};

/* Starts the process; *ret is the caller's. */
struct err *unpack_start(const struct unpack_options *options, struct unpack **ret);
/* Readable whenever unpack_read() has something to do. */
int unpack_fd(const struct unpack *unpack);
/*
 * See how far it is; never blocks. *ret stays -1 while it runs; at its end it is the unpacked
 * file, now the caller's, or an error says why there is none: ERR_CORRUPT with the decoder's
 * words, or ERR_LIMIT for size, time or room.
 */
struct err *unpack_read(struct unpack *unpack, int *ret);
/* Whether it ended because size_max, or the file system's room, was not enough. */
bool unpack_was_full(const struct unpack *unpack);
int unpack_pid(const struct unpack *unpack);
/* Kills it if it still runs. */
void unpack_destroy(struct unpack *unpack);
DEFINE_CLEANUP(struct unpack, unpack_destroy)

#define UNPACK_VERB "__unpack"
/* The process' own main(): argv is {…, UNPACK_VERB, size in bytes}. Returns on failure only. */
int unpack_main(int argc, char **argv);

#endif
