/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_LOG_SET
#define TRIAGE_DAEMON_WORKER_LOG_SET

#include "base/error.h"

/*
 * Files that are one log, told by their names: what logrotate makes of "messages" (messages.1, messages.2.gz,
 * messages-20240101, messages-20240101-1704067200.xz), and what pstore keeps of one (dmesg-efi-…,
 * dmesg-ramoops-0). Paths are owned by the set.
 */
#define LOG_SET_MAX 256 /* files */

struct log_set {
	char *paths[LOG_SET_MAX]; /* the oldest first, as far as names tell */
	size_t count;
};

/*
 * The first of paths and those others that are of one log with it, as far as is_log() is true of both:
 * dumps have numbers too. They are taken out of paths, whose order stays, and *count goes down.
 * ERR_NOMEM alone.
 */
struct err *log_set_take(const char **paths, size_t *count, bool (*is_log)(const char *path),
			 struct log_set *ret);
/*
 * The files beside one that were rotated away before it, the newest first: none where its own name says
 * that it was rotated itself. ERR_NOMEM alone.
 */
struct err *log_set_older(const char *path, struct log_set *ret);
/* What pstore kept in a directory, whatever of it. */
struct err *log_set_of_pstore(const char *directory, struct log_set *ret);
void log_set_deinit(struct log_set *set);
#define _log_set_ _cleanup_(log_set_deinit)

#endif
