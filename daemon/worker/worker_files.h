/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_WORKER_FILES
#define TRIAGE_DAEMON_WORKER_WORKER_FILES

#include <stdbool.h>
#include <stddef.h>

/*
 * How a worker, who can open nothing itself, gets a module's file, a profile, or the file of a
 * program in the log: it asks by release (OPEN_OBJECT for a program) and name
 * over a socket (worker_fds.h), and is sent a descriptor or none.
 */
#define WORKER_FILES_MAX 32   /* requests that are looked into; later ones get none */
#define WORKER_PROFILES_MAX 8 /* the same for profiles */

/* The parent's side: answer one request on a socket that is readable. False once it is closed. */
struct worker_files {
	const char *directory;			   /* of --modules, or NULL */
	const char *sysroot;			   /* of --sysroot, or NULL */
	const char *profile;			   /* of --profile, or NULL */
	const char *site_profiles, *kept_profiles; /* directories, or NULL */
	const int *logs; /* of a log in several files, those behind the first; the caller's */
	size_t log_count;
	const int *parts; /* of a dump in several files, those behind the first; likewise */
	size_t part_count;
	unsigned asked, profiles_asked;
};
bool worker_files_answer(struct worker_files *files, int socket);
/* The worker's side: a new fd, or -1. */
int worker_files_ask(int socket, const char *release, const char *module);

#endif
