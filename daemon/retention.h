/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RETENTION
#define TRIAGE_DAEMON_RETENTION

#include "daemon/daemon.h"

/*
 * What is kept: report files by count, age and size; dumps the same way, but only those that have
 * a verdict and only when dump_delete is on. Rows of the store are never deleted by themselves.
 */
struct retention;

struct err *retention_create(struct daemon *daemon, struct retention **ret);
void retention_destroy(struct retention *retention);
DEFINE_CLEANUP(struct retention, retention_destroy)

struct retention_result {
	int64_t reports, dumps; /* files deleted */
};
/* Do it now. Errors are logged. */
struct retention_result retention_run(struct retention *retention);

/* --- for tests --- */

struct kept_file {
	char *path;
	int64_t time; /* seconds since the epoch */
	uint64_t size;
	bool doomed;
};
struct keep_rules {
	uint64_t count, time_ms, size; /* 0: no bound */
};
/* Sort files newest first and doom those beyond a bound; the newest file always stays. */
void retention_choose(struct kept_file *files, size_t count, const struct keep_rules *rules,
		      int64_t now);

#endif
